import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP line to a server, which the test can cut and mend. */
export interface Line {
  port: number;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
}

export async function openLine(target: { host: string; port: number }): Promise<Line> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;

  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const fresh = createServer((near) => {
        const far = connect(target);
        for (const socket of [near, far]) {
          sockets.add(socket);
          socket.on('error', () => socket.destroy());
          socket.on('close', () => {
            sockets.delete(socket);
            near.destroy();
            far.destroy();
          });
        }
        near.pipe(far).pipe(near);
      });
      fresh.once('error', reject);
      fresh.listen(port, '127.0.0.1', () => {
        server = fresh;
        const address = fresh.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });

  const port = await listen(0);
  return {
    port,
    async cut() {
      const old = server;
      server = undefined;
      const closed = new Promise<void>((resolve) => {
        if (old === undefined) resolve();
        else old.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async mend() {
      if (server === undefined) await listen(port);
    },
  };
}
