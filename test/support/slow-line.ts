import { connect, createServer, type Socket } from 'node:net';

/** A TCP line to a server that holds its answers back, loses them, or is cut. */
export interface SlowLine {
  port: number;
  /** So long every answer takes from now on, in milliseconds. */
  delay(ms: number): void;
  /** Ends every connection and refuses new ones, until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openSlowLine(target: { host: string; port: number }): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
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
    near.pipe(far);
    far.on('data', (bytes) => {
      setTimeout(() => {
        if (!near.destroyed) near.write(bytes);
      }, delayMs).unref();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    delay: (ms) => {
      delayMs = ms;
    },
    cut: () => {
      isCut = true;
      hangUp();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      hangUp();
      await closed;
    },
  };
}
