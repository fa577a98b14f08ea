import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificates.ts';

interface ProxyOptions {
  /** What it answers to CONNECT instead of connecting. */
  refuseWith?: number;
  /** `name:password` that it wants. */
  wants?: string;
  tls?: Certificate;
}

/** A real CONNECT proxy on loopback. Every name leads to this machine, as if its own network knew them. */
export async function startProxy({ refuseWith, wants, tls }: ProxyOptions = {}) {
  /** Each request line as it came, with what was said for the proxy alone. */
  const seen: { line: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Duplex>();
  const server = tls ? createHttpsServer(tls) : createHttpServer();

  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket.on('error', () => {}));
    const authorization = request.headers['proxy-authorization'];
    seen.push({ line: `${request.method} ${request.url}`, authorization });
    const known = wants === undefined || authorization === `Basic ${Buffer.from(wants).toString('base64')}`;
    const status = known ? refuseWith : 407;
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\nproxy-authenticate: Basic realm="proxy"\r\n\r\n`);
      return;
    }
    const port = Number(new URL(`http://${request.url}`).port);
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    sockets.add(target.on('error', () => socket.destroy()));
  });
  server.on('request', (request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, authorization: undefined });
    response.writeHead(501).end();
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    host: `${tls ? 'localhost' : '127.0.0.1'}:${address.port}`,
    seen,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
