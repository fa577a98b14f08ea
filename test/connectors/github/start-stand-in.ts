import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGithubStandIn } from '#sandbox/github/stand-in.ts';
import type { ContractStandIn } from '../contract-suite.ts';

/** A fresh stand-in in a folder of its own, which goes when it closes. */
export async function startStandIn(): Promise<ContractStandIn> {
  const dataDir = await mkdtemp(join(tmpdir(), 'openclaw-github-'));
  const { url, adminUrl, token, close } = await startGithubStandIn({ port: 0, dataDir, host: '127.0.0.1' });
  return {
    url,
    adminUrl,
    async secret(key) {
      if (key !== 'access_token') throw new RangeError(`GitHub has no secret ${key}`);
      return token;
    },
    async close() {
      await close();
      await rm(dataDir, { recursive: true });
    },
  };
}
