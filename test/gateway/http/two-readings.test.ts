import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyRoute } from '#gateway/http/route.ts';
import { openTestGateway, people, type TestGateway } from '../../support/test-gateway.ts';

type Refusal = [what: string, status: number, field: string | undefined];

const json = { 'content-type': 'application/json' };

const bodies: readonly [...Refusal, body: string][] = [
  ['a member twice', 400, 'decision', '{"decision":"reject","decision":"approve"}'],
  ['a member twice with one value', 400, 'a', '{"a":1,"a":1}'],
  ['a member twice, once escaped', 400, 'text', '{"text":"a","\\u0074ext":"b"}'],
  ['a member twice, far apart', 400, 'a', `{"a":1,"b":{"a":[{"a":"{\\"a\\":"}]},"a":2}`],
  ['a member twice in an object', 400, 'a.b', '{"a":{"b":1,"b":2}}'],
  ['a member twice in a list', 400, 'a.1.b', '{"a":[[1,2],{"b":{},"b":[]}]}'],
  ['an empty name twice', 400, '', '{"":1,"":2}'],
  ['a name that a reader could take for a bracket, twice', 400, '}', '{"}":1,"}":2}'],
  ['a number that would be another', 400, 'n', '{"n":9007199254740993}'],
  ['a fraction that would be another', 400, 'n', '{"n":0.1000000000000000001}'],
  ['a number without end', 400, 'a.0', '{"a":[1e999]}'],
  ['a number that would vanish', 400, 'a.1', '{"a":[1,-1e-999]}'],
];

const encodings = [
  'gzip',
  'deflate',
  'br',
  'zstd',
  'compress',
  'x-gzip',
  'GZIP',
  'identity, gzip',
  'aes',
  '',
];
const charsets = ['utf-16', 'iso-8859-1', 'us-ascii', 'utf-7', '"utf-16"', 'utf-8; charset=utf-16', ''];

const headers: readonly [...Refusal, headers: Record<string, string>][] = [
  ...encodings.map((encoding): [...Refusal, Record<string, string>] => [
    `content-encoding "${encoding}"`,
    415,
    undefined,
    { ...json, 'content-encoding': encoding },
  ]),
  ...charsets.map((charset): [...Refusal, Record<string, string>] => [
    `charset ${charset}`,
    415,
    undefined,
    { 'content-type': `application/json; charset=${charset}` },
  ]),
];

describe('a body that two readers could read differently', () => {
  let gateway: TestGateway;
  let routes: readonly AnyRoute[];

  beforeAll(async () => {
    gateway = await openTestGateway({ OPERATOR_TENANT: 'acme' });
    routes = gateway.gateway.routes.filter(({ method }) => method !== 'GET' && method !== 'OPTIONS');
  });
  afterAll(() => gateway?.close());

  const url = ({ path }: AnyRoute) => path.replaceAll(/:\w+/g, 'abc');

  it.each(bodies)('is refused on every route: %s', async (_, status, field, payload) => {
    expect(routes.length).toBeGreaterThan(25);
    for (const route of routes) {
      const { method } = route;
      const answer = await gateway.as(people.admin, { method, url: url(route), payload, headers: json });
      expect([method, url(route), answer.statusCode]).toEqual([method, url(route), status]);
      expect(answer.json()).toMatchObject({ error: 'INVALID_REQUEST', detail: [{ field }] });
    }
  });

  it.each(headers)('is refused on every route: %s', async (_, status, __, given) => {
    for (const route of routes) {
      const { method } = route;
      const call = { method, url: url(route), payload: '{"text":"a"}', headers: given };
      const answer = await gateway.as(people.admin, call);
      expect([method, url(route), answer.statusCode]).toEqual([method, url(route), status]);
      expect(answer.json().error).toBe('UNSUPPORTED_MEDIA_TYPE');
    }
  });

  it.each(['utf-8', 'UTF-8', 'utf8', '"utf-8"'])(
    'is none: charset %s, identity, spelled numbers',
    async (charset) => {
      const answer = await gateway.as(people.user, {
        method: 'POST',
        url: '/api/v1/requests',
        payload: '{"actions":[{"action":"none","input":{"a":[1.50,15e-1,0.1,-0,5e-324,1e21],"b":{"a":1}}}]}',
        headers: { 'content-type': `application/json; charset=${charset}`, 'content-encoding': 'Identity' },
      });
      expect(answer.json().detail).toEqual([{ field: 'actions.0.action', problem: 'is not a known action' }]);
    },
  );

  it('is refused where a call says twice who calls or what its body is', async () => {
    await gateway.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = gateway.app.server.address() as AddressInfo;
    const bearer = `authorization: Bearer ${await gateway.token(people.user)}`;
    const type = 'content-type: application/json';
    for (const lines of [
      [bearer, type, 'Content-Type: text/plain'],
      [bearer, type, type],
      [bearer, bearer, type],
      [bearer, type, 'content-encoding: identity', 'content-encoding: gzip'],
    ]) {
      expect(await say(port, lines)).toMatch(/^HTTP\/1\.1 400 .*"is given twice"/s);
    }
  });

  it('is refused with a string of escapes that is longer than a pattern reads', async () => {
    const payload = `{"text":"${'\\n'.repeat(400_000)}","text":"b"}`;
    const answer = await gateway.as(people.user, {
      method: 'POST',
      url: '/api/v1/requests',
      payload,
      headers: json,
    });
    expect([400, 413]).toContain(answer.statusCode);
  });

  it('has left nothing behind', async () => {
    const { requests } = (await gateway.as(people.user, { url: '/api/v1/requests' })).json();
    expect(requests).toEqual([]);
  });
});

function say(port: number, lines: readonly string[]): Promise<string> {
  const body = '{"text":"hello"}';
  const head = ['POST /api/v1/requests HTTP/1.1', 'host: x', `content-length: ${body.length}`, ...lines];
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`${head.join('\r\n')}\r\nconnection: close\r\n\r\n${body}`),
    );
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      heard += chunk;
    });
    socket.once('close', () => resolve(heard)).once('error', reject);
  });
}
