import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBoundedFetch } from '#connectors/http/bounded-fetch.ts';
import { newAuthority } from '../../support/certificates.ts';

type Place = keyof typeof servers;

const authority = newAuthority('nobody trusts it');
const past = new Date(Date.now() - 86_400_000);

/** What has arrived of requests, by the server: the oracle of whether a byte of one can have gone out. */
const arrived = new Map<string, number>();
const arrives = (name: string) => arrived.set(name, (arrived.get(name) ?? 0) + 1);

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

const https = (hosts: readonly string[], more: { notAfter?: Date } = {}) =>
  createHttpsServer(authority.issue({ name: 'provider', hosts, ...more }), (_request, response) =>
    response.end(),
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
  ])('was surely not sent: %s', async (_, url) => {
    const before = sum();
    await expect(bounded(url(), post)).rejects.toMatchObject({ code: 'api_unreachable', happened: 'no' });
    expect(sum()).toBe(before);
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
