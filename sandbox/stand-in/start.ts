import { mkdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { adminPath, createAdminApi } from './admin-api.ts';
import { createFaultProxy } from './fault-proxy.ts';
import { createFaultTable } from './faults.ts';
import type { StoodIn } from './find.ts';
import { openLedger } from './ledger.ts';
import { createPauses } from './pauses.ts';

export interface StartStandInOptions extends StoodIn {
  /** 0 = any free port. */
  port: number;
  /** Folder of the ledger; the world is rebuilt from it at the next start. */
  dataDir: string;
  host: string;
}

export interface RunningStandIn {
  /** API root for the connector's client. */
  url: string;
  adminUrl: string;
  close(): Promise<void>;
}

/** A local provider behind a proxy that makes faults to order. Throws when asked to listen beyond this machine. */
export async function startStandIn({
  connector: { name, title },
  standIn,
  port,
  dataDir,
  host,
}: StartStandInOptions): Promise<RunningStandIn> {
  if (host !== '127.0.0.1' && host !== '::1' && host !== 'localhost') {
    throw new RangeError(`the ${title} stand-in listens on this machine only, not on ${host}`);
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const ledger = openLedger(join(dataDir, `${name}-ledger.jsonl`), standIn.markerOf);
  const closing = new AbortController();
  const faults = createFaultTable();
  const pauses = createPauses();

  // Calls that come while the world is being built wait for it.
  const ready = Promise.withResolvers<RequestListener>();
  const server = createServer((request, response) => {
    void ready.promise.then((listener) => listener(request, response));
  });
  const url = await listen(server, port, host);
  const provider = await standIn.startProvider({ url, ledger }).catch((error: unknown) => {
    server.closeAllConnections();
    server.close();
    throw error;
  });
  const label = `OpenClaw ${title} stand-in, not ${standIn.notReally}`;
  const proxy = createFaultProxy({ faults, pauses, provider, standIn, label, closing: closing.signal });
  const about = {
    stand_in: title,
    note: `A local stand-in for ${title}. Nothing here reaches ${standIn.notReally}.`,
  };
  const admin = createAdminApi({ about, faults, pauses, ledger, proxy });
  ready.resolve((request, response) => {
    const answered = request.url?.startsWith(adminPath)
      ? admin(request, response)
      : standIn.page?.isPage(request)
        ? standIn.page.give(provider, request, response)
        : proxy.handle(request, response);
    answered.catch(() => response.destroy());
  });
  return {
    url,
    adminUrl: `${url}${adminPath}`,
    async close() {
      closing.abort();
      pauses.releaseAll(false);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await provider.close();
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const address = server.address();
  const chosen = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host === '::1' ? '[::1]' : host}:${chosen}`;
}
