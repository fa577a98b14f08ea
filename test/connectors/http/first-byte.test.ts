import { execFile } from 'node:child_process';
import dns from 'node:dns';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBoundedFetch } from '#connectors/http/bounded-fetch.ts';
import { newAuthority } from '../../support/certificates.ts';

type Place = keyof typeof servers;

const authority = newAuthority('nobody trusts it');
const past = new Date(Date.now() - 86_400_000);

/** What has arrived of requests, by the server: the oracle of whether a byte of one can have gone out. */
const arrived = new Map<string, number>();
const arrives = (name: string) => arrived.set(name, (arrived.get(name) ?? 0) + 1);

let tunnelsAsked = 0;

const answering =
  (name: string, listener: RequestListener): RequestListener =>
  (request, response) => {
    arrives(name);
    request.resume();
    listener(request, response);
  };

/** A plain server that sees bytes and not requests. */
const tcp = (name: string, listener: (socket: Socket) => void) =>
  createTcpServer((socket) => {
    socket.on('error', () => {}).once('data', () => arrives(name));
    listener(socket);
  });

const https = (hosts: readonly string[], more: { notAfter?: Date } = {}, tls: ServerOptions = {}) =>
  createHttpsServer(
    { ...authority.issue({ name: 'provider', hosts, ...more }), ...tls },
    (_request, response) => response.end(),
  );

const servers = {
  works: createHttpServer(answering('works', (_request, response) => response.end('{}'))),
  resetsAtOnce: createTcpServer((socket) => socket.on('error', () => {}).resetAndDestroy()),
  readsThenResets: tcp('readsThenResets', (socket) => socket.once('data', () => socket.resetAndDestroy())),
  readsThenCloses: tcp('readsThenCloses', (socket) => socket.once('data', () => socket.end())),
  readsOn: tcp('readsOn', () => {}),
  breaksHeaders: tcp('breaksHeaders', (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 201 Created\r\ncontent-')),
  ),
  breaksBody: createHttpServer(
    answering('breaksBody', (_request, response) => {
      response.writeHead(201, { 'content-length': '99' }).write('{');
      setTimeout(() => response.destroy(), 20);
    }),
  ),
  endless: createHttpServer(
    answering('endless', (_request, response) => void response.writeHead(201).write('{')),
  ),
  speaksNonsense: tcp('speaksNonsense', (socket) =>
    socket.once('data', () => socket.end('nonsense\r\n\r\n')),
  ),
  unknownRoot: https(['localhost']),
  wrongName: https(['elsewhere.example']),
  expired: https(['localhost'], { notAfter: past }),
  silentTls: createTcpServer((socket) => void socket.on('error', () => {})),
  otherCiphers: https(['localhost'], {}, { maxVersion: 'TLSv1.2', ciphers: 'PSK-AES128-CBC-SHA256' }),
  resetsTls: createTcpServer(
    (socket) => void socket.on('error', () => {}).once('data', () => socket.resetAndDestroy()),
  ),
  nonsenseTls: createTcpServer(
    (socket) =>
      void socket.on('error', () => {}).once('data', () => socket.end('\x15\x03\x01\0\x02\x02\x28')),
  ),
  refusesTunnels: createHttpServer().on('connect', (_request, socket) => {
    tunnelsAsked += 1;
    socket.on('error', () => {}).end('HTTP/1.1 403 Forbidden\r\n\r\n');
  }),
  closesTunnels: createHttpServer().on('connect', (_request, socket) => {
    tunnelsAsked += 1;
    socket.on('error', () => {}).destroy();
  }),
  closesTls: createTcpServer((socket) => void socket.on('error', () => {}).once('data', () => socket.end())),
} satisfies Record<string, Server>;

const address = (scheme: 'http' | 'https', place: Place) =>
  `${scheme}://localhost:${(servers[place].address() as AddressInfo).port}/`;

const bounded = createBoundedFetch({ timeoutMs: 400, maxAnswerBytes: 1_000 });
const post = { method: 'POST', body: '{"text":"hello"}' };
let closedPort = 0;

beforeAll(async () => {
  for (const server of Object.values(servers)) await listen(server);
  const gone = createTcpServer();
  await listen(gone);
  closedPort = (gone.address() as AddressInfo).port;
  await new Promise((resolve) => gone.close(resolve));
});
afterAll(() => {
  for (const server of Object.values(servers)) {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, 'localhost', resolve));
}

describe('a write that failed', () => {
  it.each<[string, () => string]>([
    ['nothing listens', () => `http://localhost:${closedPort}/`],
    ['the name leads nowhere', () => 'http://nobody.invalid/'],
    ['the connection is reset before anything is sent', () => address('https', 'resetsAtOnce')],
    ['TLS with a root that nobody trusts', () => address('https', 'unknownRoot')],
    ['TLS for another name', () => address('https', 'wrongName')],
    ['TLS that has expired', () => address('https', 'expired')],
    ['no TLS where TLS is wanted', () => address('https', 'works')],
    ['TLS that never answers', () => address('https', 'silentTls')],
    ['TLS that closes in the middle', () => address('https', 'closesTls')],
    ['TLS that is reset in the middle', () => address('https', 'resetsTls')],
    ['TLS that ends in an alert', () => address('https', 'nonsenseTls')],
    ['TLS with no cipher in common', () => address('https', 'otherCiphers')],
  ])('was surely not sent: %s', async (_, url) => {
    const before = sum();
    await expect(bounded(url(), post)).rejects.toMatchObject({ code: 'api_unreachable', happened: 'no' });
    expect(sum()).toBe(before);
  });

  // EAI_AGAIN is how the system says SERVFAIL; libraries that ask by themselves say it in a code of its own.
  it.each(
    ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_SYSTEM', 'ESERVFAIL', 'ETIMEOUT', 'EMFILE'].flatMap((code) =>
      (['http', 'https'] as const).map((scheme) => [code, scheme] as const),
    ),
  )('was surely not sent: looking up the name ends in %s, for %s', async (code, scheme) => {
    const error = Object.assign(new Error(`getaddrinfo ${code}`), { code, syscall: 'getaddrinfo' });
    const asked = lookingUp((tell) => tell(error));
    await expect(bounded(address(scheme, 'works'), post)).rejects.toMatchObject({
      code: 'api_unreachable',
      happened: 'no',
    });
    expect(asked).toHaveBeenCalled();
  });

  it.each<[string, () => string, boolean]>([
    ['its name is being looked up', () => address('http', 'works'), true],
    ['TLS is being agreed on', () => address('https', 'silentTls'), false],
  ])('was surely not sent: its caller gave up while %s', async (_, url, hangs) => {
    const before = sum();
    const giveUp = new AbortController();
    const reached = Promise.withResolvers<void>();
    if (hangs) lookingUp(() => reached.resolve());
    else servers.silentTls.once('connection', () => reached.resolve());
    const ended = bounded(url(), { ...post, signal: giveUp.signal });
    void reached.promise.then(() => giveUp.abort());
    await expect(ended).rejects.toMatchObject({ code: 'api_unreachable', happened: 'no' });
    expect(sum()).toBe(before);
  });

  it.each([
    ['no descriptor is left for a connection', '127.0.0.1', 'EMFILE'],
    ['none is left for looking up its name', 'localhost', 'EMFILE|EAI_|ENOTFOUND'],
  ])('was surely not sent: %s', async (_, host, code) => {
    const before = sum();
    const url = address('http', 'works').replace('localhost', host);
    const told = await postElsewhere(url, { takeAll: true });
    expect(told).toEqual({ happened: 'no', code: expect.stringMatching(code) });
    expect(sum()).toBe(before);
  });

  it.each<[string, Place]>([
    ['refuses', 'refusesTunnels'],
    ['closes', 'closesTunnels'],
  ])('was surely not sent: a proxy that Node was told of %s the tunnel', async (_, proxy) => {
    const before = sum();
    tunnelsAsked = 0;
    const { happened } = await postElsewhere(address('https', 'unknownRoot'), {
      env: { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: address('http', proxy), NO_PROXY: '' },
    });
    expect(happened).toBe('no');
    expect(sum()).toBe(before);
    // Node may ask a proxy that says nothing again and again.
    expect(tunnelsAsked).toBeGreaterThan(0);
  });

  it.each<[string, Place]>([
    ['the connection is reset', 'readsThenResets'],
    ['it is closed', 'readsThenCloses'],
    ['nothing is answered', 'readsOn'],
    ['headers break off', 'breaksHeaders'],
    ['the body breaks off', 'breaksBody'],
    ['the body never ends', 'endless'],
    ['the answer is no HTTP', 'speaksNonsense'],
  ])('may have happened: it was sent, then %s', async (_, place) => {
    await expect(bounded(address('http', place), post)).rejects.toMatchObject({ happened: 'unknown' });
    expect(arrived.get(place)).toBe(1);
    await expect(bounded(address('http', place))).rejects.toMatchObject({ happened: 'no' });
  });

  it('tells calls apart that go out together', async () => {
    const ends = await Promise.allSettled([
      bounded(address('http', 'works'), post),
      bounded(`http://localhost:${closedPort}/`, post),
      bounded(address('http', 'readsThenResets'), post),
      bounded(address('https', 'unknownRoot'), post),
    ]);
    expect(ends).toMatchObject([
      { status: 'fulfilled' },
      { reason: { happened: 'no' } },
      { reason: { happened: 'unknown' } },
      { reason: { happened: 'no' } },
    ]);
  });

  it('may have happened where a connection that had been kept open turned out to be closed', async () => {
    let calls = 0;
    const fickle = createTcpServer((socket) => {
      socket
        .on('error', () => {})
        .on('data', () => {
          calls += 1;
          if (calls === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
          else socket.destroy();
        });
    });
    await listen(fickle);
    const url = `http://localhost:${(fickle.address() as AddressInfo).port}/`;
    await (await bounded(url, post)).text();
    await expect(bounded(url, post)).rejects.toMatchObject({ happened: 'unknown' });
    fickle.close();
  });
});

function sum(): number {
  return [...arrived.values()].reduce((all, one) => all + one, 0);
}

/** The system's own way to an address, in which this goes wrong. */
function lookingUp(how: (tell: (error: Error) => void) => void) {
  return vi.spyOn(dns, 'lookup').mockImplementation((...given: unknown[]) => {
    const tell = given.at(-1) as (error: Error) => void;
    how((error) => process.nextTick(tell, error));
  });
}

/** The same call in a process of its own, which may first take every descriptor that it can have. */
async function postElsewhere(
  url: string,
  { takeAll = false, env = {} }: { takeAll?: boolean; env?: NodeJS.ProcessEnv },
): Promise<{ happened: string; code: string }> {
  const program = `
    import { openSync } from 'node:fs';
    const { createBoundedFetch } = await import('#connectors/http/bounded-fetch.ts');
    const bounded = createBoundedFetch({ timeoutMs: ${takeAll ? 4_000 : 1_500}, maxAnswerBytes: 1000 });
    try { while (${takeAll}) openSync('/dev/null'); } catch {}
    const end = await bounded(${JSON.stringify(url)}, ${JSON.stringify(post)}).then(
      () => ({ happened: 'yes' }),
      ({ happened, cause }) => ({ happened, code: String(cause?.cause?.code ?? cause?.code ?? cause) }),
    );
    process.stdout.write(JSON.stringify(end));
    process.exit();`;
  const { stdout } = await promisify(execFile)(
    '/bin/sh',
    ['-c', 'ulimit -n 80 && exec "$0" --input-type=module -e "$1"', process.execPath, program],
    { env: { PATH: process.env['PATH'], ...env } },
  );
  return JSON.parse(stdout) as { happened: string; code: string };
}
