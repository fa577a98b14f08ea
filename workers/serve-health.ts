import { once } from 'node:events';
import { createServer } from 'node:http';

interface HealthOptions {
  host: string;
  /** 0 = no health endpoint. */
  port: number;
  /** State of the Temporal worker; `RUNNING` is healthy. */
  state: () => string;
}

/** `GET /healthz` for orchestrators: 200 while the worker polls for work, else 503. */
export async function serveHealth({ host, port, state }: HealthOptions): Promise<{ close(): Promise<void> }> {
  if (port === 0) return { close: async () => {} };
  const server = createServer((request, response) => {
    const known = request.method === 'GET' && request.url === '/healthz';
    const status = known ? (state() === 'RUNNING' ? 200 : 503) : 404;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: known ? state().toLowerCase() : 'unknown path' }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
