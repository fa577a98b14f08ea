import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commentIssue } from '#connectors/github/actions/comment-issue.ts';
import type { GithubClient } from '#connectors/github/client.ts';
import { github } from '#connectors/github/connector.ts';
import { markerOf, withMarker } from '#connectors/github/marker.ts';
import { mintPermit } from '#domain/action/permit.ts';
import { createStandInAdmin, type StandInAdmin } from '#sandbox/stand-in/admin-client.ts';
import { patience } from '../../support/patience.ts';
import { startStandInOf, type TestStandIn } from '../start-stand-in.ts';

const input = { repository: 'acme/website', issue_number: 7, body: 'Fixed in 2.1' };
const runId = 'req_01HZZZZZZZZZZZZZZZZZZZZZZZ/1';
const permit = mintPermit({ action: commentIssue.id, runId });
const comments = '/repos/acme/website/issues/7/comments';

/** A page of the provider's answer, as somebody else's comments would stand in it. */
function commentsAnswer(list: readonly { id: number; body: string; userId: number }[]) {
  const body = list.map(({ id, body: text, userId }) => ({
    id,
    html_url: `https://github.com/acme/website/issues/7#issuecomment-${id}`,
    body: text,
    user: { id: userId, login: 'someone' },
  }));
  return {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  } as const;
}

describe('commenting on an issue', () => {
  let standIn: TestStandIn;
  let admin: StandInAdmin;
  let client: GithubClient;
  let octokit: Octokit;
  let ourId: number;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    standIn = await startStandInOf(github);
    admin = createStandInAdmin(standIn.adminUrl);
    client = await github.open({
      secret: standIn.secret,
      variables: {},
      baseUrl: standIn.url,
      timeoutMs: 10_000,
    });
    octokit = new Octokit({ auth: await standIn.secret('access_token'), baseUrl: standIn.url });
    ourId = (await octokit.rest.users.getAuthenticated()).data.id;
  });
  afterEach(() => standIn.close());

  const post = (body: string) =>
    octokit.rest.issues.createComment({ owner: 'acme', repo: 'website', issue_number: 7, body });
  const find = () => commentIssue.find(permit, input, { client, signal });

  it('sends the text as it was approved, with the hidden marker of its run after it', async () => {
    await commentIssue.run(permit, input, { client, signal });
    const [entry] = await admin.ledger({ method: 'POST' });
    expect(JSON.parse(entry?.body ?? '')).toEqual({ body: `Fixed in 2.1\n\n${markerOf(runId)}` });
    expect(`<!-- openclaw:${entry?.marker} -->`).toBe(markerOf(runId));
  });

  it('shows no request id to the world', () => {
    expect(markerOf(runId)).not.toContain('01HZZ');
    expect(markerOf(runId)).not.toBe(markerOf(`${runId}1`));
  });

  it('takes the longest text that GitHub takes together with its marker', async () => {
    const longest = 'é'.repeat(65_536 - withMarker('', runId).length);
    await commentIssue.run(permit, { ...input, body: longest }, { client, signal });
    expect(JSON.parse((await admin.ledger({ method: 'POST' }))[0]?.body ?? '').body).toHaveLength(65_536);
    expect(commentIssue.input.safeParse({ ...input, body: `${longest}.` }).success).toBe(false);
  });

  it.each([
    ['an empty text', { body: ' \n ' }],
    ['a lone surrogate', { body: '\ud800' }],
    ['a NUL', { body: 'a\0b' }],
    ['a path in place of a repository', { repository: '../..' }],
    ['a repository with more in it', { repository: 'acme/website/issues/8' }],
    ['a line break in the repository', { repository: 'acme/website\n' }],
    ['a number that is a text', { issue_number: '7' }],
    ['issue 0', { issue_number: 0 }],
    ['half an issue', { issue_number: 7.5 }],
  ])('refuses %s', (_name, change) => {
    expect(commentIssue.input.safeParse({ ...input, ...change }).success).toBe(false);
  });

  it('finds its comment among hundreds', async () => {
    for (let n = 0; n < 120; n += 1) await post(`before ${n}`);
    await commentIssue.run(permit, input, { client, signal });
    for (let n = 0; n < 120; n += 1) await post(`after ${n}`);
    expect(await find()).toMatchObject({ found: 'yes' });
  });

  it('knows that its comment is absent among hundreds', async () => {
    for (let n = 0; n < 205; n += 1) await post(`comment ${n}`);
    expect(await find()).toEqual({ found: 'no' });
    const pages = (await admin.ledger({ method: 'GET' })).filter(({ path }) => path.startsWith(comments));
    expect(pages.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('page'))).toEqual([
      '1',
      '3',
      '2',
      '1',
    ]);
  });

  it('does not take a marker for its own that somebody else wrote', async () => {
    const forged = { id: 1, body: withMarker('Fixed in 2.1', runId), userId: ourId + 1 };
    await admin.setFault({ path: `${comments}$`, fault: commentsAnswer([forged]) });
    expect(await find()).toEqual({ found: 'no' });
  });

  it('takes the same comment for its own when our account wrote it', async () => {
    const own = { id: 1, body: withMarker('Fixed in 2.1', runId), userId: ourId };
    await admin.setFault({ path: `${comments}$`, fault: commentsAnswer([own]) });
    expect(await find()).toMatchObject({ found: 'yes', output: { comment_id: 1 } });
  });

  it('cannot be led astray by a text with its marker that we were asked to post', async () => {
    const other = mintPermit({ action: commentIssue.id, runId: 'req_01HYYYYYYYYYYYYYYYYYYYYYYY/1' });
    await commentIssue.run(other, { ...input, body: withMarker('Look', runId) }, { client, signal });
    expect(await find()).toEqual({ found: 'no' });
  });

  it('says unknown when it may not ask who it is', async () => {
    await post(withMarker('Fixed in 2.1', runId));
    await admin.setFault({ path: '^/user$', fault: { kind: 'answer', status: 403 } });
    expect(await find()).toMatchObject({ found: 'unknown', error: { code: 'permission_denied' } });
  });

  it('says unknown when there are more comments than it may look through', async () => {
    const link = `<${standIn.url}${comments}?page=31>; rel="last"`;
    await admin.setFault({
      path: `${comments}$`,
      fault: { ...commentsAnswer([]), headers: { 'content-type': 'application/json', link } },
    });
    expect(await find()).toMatchObject({ found: 'unknown', error: { code: 'OUTCOME_UNKNOWN' } });
  });

  it('is found once the network has delivered it late, and not before', async () => {
    const { id } = await admin.setFault({ method: 'POST', fault: { kind: 'pause', at: 'before_provider' } });
    const hasty = await github.open({
      secret: standIn.secret,
      variables: {},
      baseUrl: standIn.url,
      timeoutMs: 1_500,
    });
    const sent = commentIssue.run(permit, input, { client: hasty, signal });
    await expect(sent).rejects.toMatchObject({ code: 'api_unreachable', happened: 'unknown' });
    expect(await find()).toEqual({ found: 'no' });
    await admin.release(id);
    await expect.poll(find, patience).toMatchObject({ found: 'yes' });
    expect(await admin.ledger({ method: 'POST' })).toHaveLength(1);
  });

  it('says that a missing issue is a missing target', async () => {
    const sent = commentIssue.run(permit, { ...input, issue_number: 4711 }, { client, signal });
    await expect(sent).rejects.toMatchObject({ code: 'target_not_found', happened: 'no' });
  });
});
