import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sourceDigest, stampFile } from './source-digest.ts';

/** The folder whose files the gateway serves at `/`. */
export const webDist = path.join(import.meta.dirname, 'dist');

/** Builds the page where it is missing or was built from other sources. True when it built. */
export async function buildWebIfStale(outDir: string = webDist): Promise<boolean> {
  const stamp = await readFile(path.join(outDir, stampFile), 'utf8').catch(() => undefined);
  if (stamp === sourceDigest()) return false;
  await buildWeb(outDir);
  return true;
}

async function buildWeb(outDir: string): Promise<void> {
  // Vite sets NODE_ENV to production for the whole process; whoever called us starts other things after this.
  const before = process.env['NODE_ENV'];
  try {
    const [{ build }, { default: config }] = await Promise.all([import('vite'), import('./vite.config.ts')]);
    await build({
      ...config,
      configFile: false,
      logLevel: 'warn',
      build: { ...config.build, outDir, emptyOutDir: true },
    });
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
