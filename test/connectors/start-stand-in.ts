import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyConnector } from '#connectors/contract.ts';
import { standInOf } from '#sandbox/stand-in/find.ts';
import { startStandIn } from '#sandbox/stand-in/start.ts';

/** A connector's stand-in as tests use it. */
export interface TestStandIn {
  url: string;
  adminUrl: string;
  secret(key: string): Promise<string>;
  close(): Promise<void>;
}

/** A fresh stand-in of this connector, in a folder of its own, which goes when it closes. */
export async function startStandInOf(connector: AnyConnector): Promise<TestStandIn> {
  const dataDir = await mkdtemp(join(tmpdir(), 'openclaw-stand-in-'));
  const stoodIn = await standInOf(connector);
  const { url, adminUrl, close } = await startStandIn({ ...stoodIn, port: 0, dataDir, host: '127.0.0.1' });
  return {
    url,
    adminUrl,
    async secret(key) {
      const value = stoodIn.standIn.secret[key];
      if (value === undefined) throw new RangeError(`${connector.title} has no secret ${key}`);
      return value;
    },
    async close() {
      await close();
      await rm(dataDir, { recursive: true });
    },
  };
}
