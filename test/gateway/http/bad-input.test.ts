import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGateway, people, type TestGateway } from '../../support/test-gateway.ts';

describe('bad input gets a clear coded answer and leaves nothing behind', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await openTestGateway();
  });
  afterAll(() => gateway?.close());

  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    gateway.as(people.user, {
      method: 'POST',
      url: '/api/v1/requests',
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    });

  const text = (value: unknown) => JSON.stringify({ text: value });
  const longText = 'x'.repeat(65_537);

  it.each([
    ['empty text', text(''), 400, 'INVALID_REQUEST', 'text'],
    ['blank text', text('  \n '), 400, 'INVALID_REQUEST', 'text'],
    ['text beyond its limit', text(longText), 400, 'INVALID_REQUEST', 'text'],
    ['a number for text', text(7), 400, 'INVALID_REQUEST', 'text'],
    ['null for text', text(null), 400, 'INVALID_REQUEST', 'text'],
    ['an unknown field', '{"text":"hello","colour":"red"}', 400, 'INVALID_REQUEST', 'colour'],
    [
      'both text and actions',
      '{"text":"a","actions":[{"action":"x","input":{}}]}',
      400,
      'INVALID_REQUEST',
      '',
    ],
    ['neither text nor actions', '{}', 400, 'INVALID_REQUEST', ''],
    ['no actions', '{"actions":[]}', 400, 'INVALID_REQUEST', 'actions'],
    ['a list as body', '["hello"]', 400, 'INVALID_REQUEST', ''],
    ['NUL in a text', text('a\u0000b'), 400, 'INVALID_TEXT', 'text'],
    ['a lone surrogate in a text', '{"text":"a\\ud800b"}', 400, 'INVALID_TEXT', 'text'],
    [
      'NUL deep inside',
      '{"actions":[{"action":"x","input":{"b":["\\u0000"]}}]}',
      400,
      'INVALID_TEXT',
      'actions.0.input.b.0',
    ],
    ['NUL in a key', '{"text":"a","\\u0000":1}', 400, 'INVALID_TEXT', ''],
  ])('%s', async (_, payload, status, error, field) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error).toBe(error);
    expect(answer.json().detail[0].field).toBe(field);
  });

  it.each([
    ['no body', '', 400, 'INVALID_REQUEST'],
    ['broken JSON', '{"text":', 400, 'INVALID_REQUEST'],
    ['a prototype in JSON', '{"text":"a","__proto__":{"x":1}}', 400, 'INVALID_REQUEST'],
    ['a constructor in JSON', '{"text":"a","constructor":{"prototype":{"x":1}}}', 400, 'INVALID_REQUEST'],
    ['nesting without end', `{"actions":${'['.repeat(100_000)}`, 400, 'INVALID_REQUEST'],
    ['a megabyte of text', text('x'.repeat(1_048_576)), 413, 'PAYLOAD_TOO_LARGE'],
  ])('%s', async (_, payload, status, error) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ error, message: expect.any(String) });
  });

  it.each([
    ['a stray byte', [0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate in UTF-8', [0xed, 0xa0, 0x80]],
    ['a character cut off', [0xe2, 0x82]],
  ])('invalid UTF-8: %s', async (_, bytes) => {
    const answer = await post(
      Buffer.concat([Buffer.from('{"text":"'), Buffer.from(bytes), Buffer.from('"}')]),
    );
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toBe('INVALID_TEXT');
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['nonsense', 415],
  ])('a body of type %s', async (type, status) => {
    const answer = await post('text=hello', { 'content-type': type });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(256)])('an idempotency key that is not one: "%s"', async (key) => {
    const answer = await post(text('hello'), { 'idempotency-key': key });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail[0].field).toBe('idempotency-key');
  });

  it.each([
    ['/api/v1/requests?limit=many', 'limit'],
    ['/api/v1/requests?limit=101', 'limit'],
    ['/api/v1/requests?colour=red', 'colour'],
    ['/api/v1/requests?state=happy', 'state'],
    ['/api/v1/audit?from=yesterday', 'from'],
    ['/api/v1/audit?limit=1001', 'limit'],
    ['/api/v1/approvals?state=perhaps', 'state'],
  ])('a query that is not one: %s', async (url, field) => {
    const answer = await gateway.as(people.user, { url });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail[0].field).toBe(field);
  });

  it('NUL and broken escapes in an address', async () => {
    const nul = await gateway.as(people.user, { url: '/api/v1/requests/a%00b' });
    expect(nul.json()).toMatchObject({ error: 'INVALID_TEXT', detail: [{ field: 'id' }] });
    const query = await gateway.as(people.user, { url: '/api/v1/audit?user_id=a%00b' });
    expect(query.json().error).toBe('INVALID_TEXT');
    const broken = await gateway.as(people.user, { url: '/api/v1/requests/%ff%' });
    expect(broken.statusCode).toBe(400);
    expect(broken.json().error).toBe('INVALID_REQUEST');
    expect(broken.headers['x-request-id']).toBeDefined();
  });

  it('an address that nobody serves, and a method that it does not take', async () => {
    expect((await gateway.as(people.user, { url: '/api/v1/rockets' })).json().error).toBe('NOT_FOUND');
    const wrong = await gateway.as(people.user, { method: 'DELETE', url: '/api/v1/requests' });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers.allow).toBe('POST, GET');
    expect(wrong.json().error).toBe('METHOD_NOT_ALLOWED');
  });

  it('text in any language is taken as it is', async () => {
    const said = 'Комментарий 评论 🚀 ‮right to left‬ é';
    const answer = await post(text(said));
    expect(answer.statusCode).toBe(202);
    expect(answer.json().text).toBe(said);
  });

  it('left one request behind, the one that was good', async () => {
    const { requests } = (await gateway.as(people.user, { url: '/api/v1/requests' })).json();
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['no token', {}, 'missing_token', 'Bearer'],
    [
      'a token that is none',
      { authorization: 'Bearer x.y.z' },
      'invalid_token',
      'Bearer error="invalid_token"',
    ],
  ])('%s', async (_, headers, error, challenge) => {
    const answer = await gateway.app.inject({ url: '/api/v1/requests', headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error).toBe(error);
    expect(answer.headers['www-authenticate']).toBe(challenge);
  });

  it('an expired token, and one of another issuer', async () => {
    for (const claims of [
      { exp: Math.floor(Date.now() / 1_000) - 60 },
      { iss: 'https://elsewhere.example' },
    ]) {
      const authorization = `Bearer ${await gateway.token(people.user, claims)}`;
      const answer = await gateway.app.inject({ url: '/api/v1/requests', headers: { authorization } });
      expect(answer.statusCode).toBe(401);
      expect(answer.json().error).toBe('invalid_token');
    }
  });

  it('bytes that are not HTTP, and headers without end, on a real connection', async () => {
    await gateway.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = gateway.app.server.address() as AddressInfo;
    expect(await say(port, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*INVALID_REQUEST/s);
    const long = `GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await say(port, long)).toMatch(/^HTTP\/1\.1 431 /);
    const smuggled =
      'POST /api/v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await say(port, smuggled)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

function say(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      heard += chunk;
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}
