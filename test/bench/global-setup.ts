import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import startServers from '../support/global-setup.ts';
import { tableOf } from './table.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** File that benches add their rows to. */
    benchTable: string;
  }
}

/** The servers of the tests; at the end the table of the run is printed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const began = new Date();
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-bench-'));
  const file = join(folder, 'rows.jsonl');
  writeFileSync(file, '');
  project.provide('benchTable', file);
  const stop = await startServers(project, { durable: true });
  return async () => {
    await stop();
    const given = Object.keys(process.env).filter((name) => name.startsWith('BENCH_'));
    const command = [...given.map((name) => `${name}=${process.env[name]}`), 'npm run bench'].join(' ');
    process.stdout.write(`\n${tableOf(file, { began, command })}\n`);
    rmSync(folder, { recursive: true, force: true });
  };
}
