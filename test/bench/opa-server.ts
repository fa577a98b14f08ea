import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PolicyDocument, PolicyEngine } from '#platform/opa/engine.ts';
import { regoFiles } from '#policies/build.ts';
import { freePort } from '#sandbox/free-port.ts';
import { hasTool, toolPath } from '../support/tools.ts';

export interface OpaServer {
  url: string;
  close(): Promise<void>;
}

/** An OPA with our Rego and, where given, a merged policy; `undefined` on a machine without OPA. */
export async function startOpa(document?: PolicyDocument): Promise<OpaServer | undefined> {
  if (!hasTool('opa')) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-opa-'));
  const data = join(folder, 'data.json');
  writeFileSync(data, JSON.stringify(document ?? {}));
  const address = `127.0.0.1:${await freePort()}`;
  const sources = regoFiles().filter((file) => !file.endsWith('_test.rego'));
  const server = spawn(toolPath('opa'), ['run', '--server', `--addr=${address}`, data, ...sources], {
    cwd: join(import.meta.dirname, '../../policies'),
    stdio: 'ignore',
  });
  const url = `http://${address}`;
  while ((await fetch(`${url}/health`).catch(() => undefined))?.status !== 200) await sleep(50);
  return {
    url,
    async close() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The quickest way to ask: OPA holds the merged policy, and only the question goes over the line. */
export function askHolding({ url }: OpaServer): PolicyEngine {
  return {
    load: async () => ({
      async evaluate(entrypoint, input) {
        const answer = await fetch(`${url}/v1/data/${entrypoint}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ input }),
        });
        const body: unknown = await answer.json();
        return typeof body === 'object' && body !== null && 'result' in body ? body.result : undefined;
      },
    }),
  };
}
