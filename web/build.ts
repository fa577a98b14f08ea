import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { sourceDigest, stampFile } from './source-digest.ts';

/** The folder that the gateway serves at `/`. */
export const webDist = path.join(import.meta.dirname, 'dist');

/** Builds the page if it is missing or was built from other sources; true when it built. */
export async function buildWebIfStale(outDir: string = webDist): Promise<boolean> {
  if (await isUpToDate(outDir)) return false;
  const draft = `${outDir}.${process.pid}`;
  try {
    await buildWeb(draft);
    if (await isUpToDate(outDir)) return true;
    await rm(outDir, { recursive: true, force: true });
    await rename(draft, outDir);
    return true;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function isUpToDate(outDir: string): Promise<boolean> {
  const stamp = await readFile(path.join(outDir, stampFile), 'utf8').catch(() => undefined);
  return stamp === sourceDigest();
}

async function buildWeb(outDir: string): Promise<void> {
  // Vite sets NODE_ENV to production for the whole process, which may start other things after this.
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
