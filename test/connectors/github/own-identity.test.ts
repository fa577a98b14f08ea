import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGithubClient } from '#connectors/github/client.ts';
import { findComment } from '#connectors/github/find-comment.ts';
import { withMarker } from '#connectors/github/marker.ts';

const runId = 'req_1/1';
const botId = 4_711;
const personId = 7;

/** Each kind of credential, the call that it can make, and who it then is. */
const credentials = {
  'a personal access token': { token: 'ghp_x', path: '/user', id: personId },
  'a fine-grained token': { token: 'github_pat_x', path: '/user', id: personId },
  'an older token': { token: '0123456789abcdef', path: '/user', id: personId },
  'a person through an App': { token: 'ghu_x', path: '/user', id: personId },
  'the installation of an App': { token: 'ghs_x', path: '/graphql', id: botId },
};

let server: Server;
let root: string;
let comments: unknown[] = [];
let identity: { status: number; body: unknown };
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const path = (request.url ?? '').split('?')[0] ?? '';
    const isInstallation = /^(?:token|bearer) ghs_/i.test(request.headers.authorization ?? '');
    const send = (status: number, body: unknown) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    };
    if (path.endsWith('/comments')) return send(200, comments);
    asked.push(path);
    // What GitHub says to an installation that asks for its user.
    if (path.endsWith('/user') && isInstallation)
      return send(403, { message: 'Resource not accessible by integration' });
    return send(identity.status, identity.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

type Credential = (typeof credentials)[keyof typeof credentials];

const good = ({ path, id }: Credential) => ({
  status: 200,
  body: path === '/user' ? { id, login: 'us' } : { data: { viewer: { databaseId: id } } },
});

const comment = (id: number, userId: number, type = 'User') => ({
  id,
  html_url: `https://github.com/acme/website/issues/7#issuecomment-${id}`,
  body: withMarker('Fixed', runId),
  user: { id: userId, login: 'x', type },
});

async function found({ token }: Credential, base = root): Promise<number | 'none' | 'unknown'> {
  const client = createGithubClient({ token, baseUrl: base, timeoutMs: 1_000 });
  const context = { client, signal: new AbortController().signal };
  asked = [];
  try {
    const one = await findComment({ repository: 'acme/website', issueNumber: 7, runId, context });
    return one?.id ?? 'none';
  } catch {
    return 'unknown';
  }
}

const kinds = Object.entries(credentials);

describe.each(kinds)('our own comment, written with %s', (_, credential) => {
  const ours = comment(1, credential.id, credential.id === botId ? 'Bot' : 'User');
  const copy = comment(2, 99);
  const otherBot = comment(3, 98, 'Bot');
  const unmarked = { ...comment(4, credential.id), body: 'Fixed' };
  const ghost = { ...comment(5, 0), user: null };

  it.each<[string, unknown[], number | 'none']>([
    ['is found', [ours], 1],
    ['is found beside a stranger’s copy', [copy, ours], 1],
    ['is found beside another App’s copy', [ours, otherBot], 1],
    ['is not a stranger’s copy', [copy], 'none'],
    ['is not another App’s copy', [otherBot], 'none'],
    ['is not one without its marker', [unmarked], 'none'],
    ['is not one of a deleted account', [ghost], 'none'],
    ['is not there', [], 'none'],
  ])('%s', async (__, there, expected) => {
    comments = there;
    identity = good(credential);
    expect(await found(credential)).toBe(expected);
    // Only a marker makes us ask who we are, by the call that this credential can make.
    const hasMarker = there.some((one) => one !== unmarked);
    expect(asked).toEqual(hasMarker ? [credential.path] : []);
  });

  it.each<[string, number, unknown]>([
    ...[401, 403, 404, 422, 429, 500, 502, 503].map((status): [string, number, unknown] => [
      `${status}`,
      status,
      { message: 'no' },
    ]),
    ['a page', 200, '<html>'],
    ['nothing', 200, ''],
    ['an id that is no number', 200, { id: 'us', data: { viewer: { databaseId: 'us' } } }],
    ['no id', 200, { data: { viewer: { databaseId: null } } }],
    ['errors beside an answer', 200, { data: { viewer: { databaseId: 98 } }, errors: [{ message: 'x' }] }],
    ['nobody', 200, { data: null, errors: [{ message: 'Resource not accessible' }] }],
  ])('is asked about where our own name can not be had: %s', async (__, status, body) => {
    comments = [ours];
    identity = { status, body };
    expect(await found(credential)).toBe('unknown');
    // Where nothing is marked, nobody has to know who we are.
    comments = [unmarked];
    expect(await found(credential)).toBe('none');
  });
});

it('GitHub Enterprise Server has GraphQL beside its REST root', async () => {
  const app = credentials['the installation of an App'];
  comments = [comment(1, botId, 'Bot')];
  identity = good(app);
  expect(await found(app, `${root}/api/v3/`)).toBe(1);
  expect(asked).toEqual(['/api/graphql']);
});
