import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineConfig } from 'vite';
import { sourceDigest, stampFile } from './source-digest.ts';

/** `vite build web`, and what `buildWebIfStale` builds with. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // Else a build under NODE_ENV=test would name every source file of this machine in the page.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The gateway's CSP is `default-src 'self'`: nothing becomes a data: address, nothing is put inline.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  plugins: [
    {
      name: 'stamp',
      // After the last file is written, so that a build that was cut short counts as stale.
      async writeBundle(options) {
        if (options.dir) await writeFile(path.join(options.dir, stampFile), sourceDigest());
      },
    },
  ],
});
