import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRemoteEngine } from '#platform/opa/remote-engine.ts';

const entrypoint = 'openclaw/enterprise/actions/decision';
const policy = { actions: { autonomy: { '*': { value: 'block', by: 'pol_1' } }, sources: {} } };
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A server in the place of an OPA. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server on a port has such an address
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(url: string, options: { timeoutMs?: number; input?: Record<string, unknown> } = {}) {
  const engine = createRemoteEngine({ url, timeoutMs: options.timeoutMs ?? 5_000 });
  const loaded = await engine.load({ policy });
  return loaded.evaluate(entrypoint, options.input ?? { action: 'github_issue_read' });
}

const answers = (body: string, status = 200): RequestListener => {
  return (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body);
};

describe('a remote OPA', () => {
  it('is asked for the entry point, with the merged policy beside the input', async () => {
    const asked: unknown[] = [];
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        asked.push([request.method, request.url, JSON.parse(Buffer.concat(chunks).toString())]);
        response.end('{"result":{"verdict":"deny"}}');
      });
    });
    await expect(ask(`${url}/`)).resolves.toEqual({ verdict: 'deny' });
    expect(asked).toEqual([
      [
        'POST',
        '/v1/data/openclaw/enterprise/actions/decision?strict-builtin-errors=true',
        { input: { action: 'github_issue_read', policy } },
      ],
    ]);
  });

  it.each([
    ['nothing that is defined', answers('{}')],
    ['the word true', answers('{"result":"true"}')],
    ['true', answers('{"result":true}')],
    ['a list', answers('{"result":[{"verdict":"allow"}]}')],
    ['null', answers('{"result":null}')],
    ['a bare list', answers('[]')],
    ['nothing', answers('')],
    ['a page', answers('<html></html>')],
    ['half an answer', answers('{"result":{"verdict":"allow"')],
    ['an error', answers('{"result":{"verdict":"allow"}}', 500)],
    ['an answer under another status', answers('{"result":{"verdict":"allow"}}', 203)],
    ['an endless answer', answers(`{"result":{"verdict":"allow","x":"${'x'.repeat(300_000)}"}}`)],
    [
      'an answer that breaks off',
      (_request, response) => void response.writeHead(200).write('{', () => response.destroy()),
    ],
  ] satisfies [string, RequestListener][])('that answers %s is not believed', async (_, listener) => {
    await expect(serve(listener).then((url) => ask(url))).rejects.toThrow();
  });

  it('that sends us elsewhere is not followed', async () => {
    let followed = 0;
    const elsewhere = await serve((_, response) => {
      followed += 1;
      response.end('{"result":{"verdict":"allow"}}');
    });
    const url = await serve((_, response) => response.writeHead(307, { location: elsewhere }).end());
    await expect(ask(url)).rejects.toThrow();
    expect(followed).toBe(0);
  });

  it('that is not there is no answer', async () => {
    const url = await serve(answers('{}'));
    closers.splice(0).forEach((close) => close());
    await expect(ask(url)).rejects.toThrow();
  });

  it.each([
    ['does not answer', () => {}],
    [
      'stops in the middle of its answer',
      (_request, response) => void response.writeHead(200).write('{"result"'),
    ],
  ] satisfies [string, RequestListener][])('that %s is given up', async (_, listener) => {
    await expect(serve(listener).then((url) => ask(url, { timeoutMs: 100 }))).rejects.toThrow(
      /aborted|timeout/,
    );
  });

  it('is not sent an input above a megabyte', async () => {
    const url = await serve(answers('{"result":{"verdict":"allow"}}'));
    await expect(ask(url, { input: { text: 'x'.repeat(1_100_000) } })).rejects.toThrow('bytes');
  });
});
