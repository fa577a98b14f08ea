import { mkdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { adminPath, createAdminApi } from './admin-api.ts';
import { createFaultProxy } from './fault-proxy.ts';
import { createFaultTable } from './faults.ts';
import { createHolds } from './holds.ts';
import { giveItemPage, isItemPage } from './item-page.ts';
import { openLedger } from './ledger.ts';
import { startProvider } from './provider.ts';
import { standInToken } from './world.ts';

export interface GithubStandInOptions {
  /** 0 = any free port. */
  port: number;
  /** Folder of the ledger; the world is rebuilt from it at the next start. */
  dataDir: string;
  host: string;
}

export interface GithubStandIn {
  /** Base URL for Octokit. */
  url: string;
  adminUrl: string;
  /** The only token that it takes. */
  token: string;
  close(): Promise<void>;
}

/** A local GitHub behind a proxy that makes faults to order. Throws when asked to listen beyond this machine. */
export async function startGithubStandIn({
  port,
  dataDir,
  host,
}: GithubStandInOptions): Promise<GithubStandIn> {
  if (host !== '127.0.0.1' && host !== '::1' && host !== 'localhost') {
    throw new RangeError(`the GitHub stand-in listens on this machine only, not on ${host}`);
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const ledger = openLedger(join(dataDir, 'github-ledger.jsonl'));
  const closing = new AbortController();
  const faults = createFaultTable();
  const holds = createHolds();

  // Calls that come while the world is being built wait for it.
  const ready = Promise.withResolvers<RequestListener>();
  const server = createServer((request, response) => {
    void ready.promise.then((listener) => listener(request, response));
  });
  const url = await listen(server, port, host);
  const provider = await startProvider({ url, ledger }).catch((error: unknown) => {
    server.closeAllConnections();
    server.close();
    throw error;
  });
  const proxy = createFaultProxy({ faults, holds, provider, closing: closing.signal });
  const admin = createAdminApi({ faults, holds, ledger, proxy });
  ready.resolve((request, response) => {
    const answered = request.url?.startsWith(adminPath)
      ? admin(request, response)
      : isItemPage(request)
        ? giveItemPage(provider, request, response)
        : proxy.handle(request, response);
    answered.catch(() => response.destroy());
  });
  return {
    url,
    adminUrl: `${url}${adminPath}`,
    token: standInToken,
    async close() {
      closing.abort();
      holds.releaseAll(false);
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
