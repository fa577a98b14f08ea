import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineConfig } from 'vite';
import { sourceDigest, stampFile } from './source-digest.ts';

/** `vite build web`, and what `buildWebIfStale` builds with. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // Otherwise a build under NODE_ENV=test would put the path of every source file on this machine into the page.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The gateway's CSP is `default-src 'self'`: nothing becomes a data: address, and nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  plugins: [
    {
      name: 'stamp',
      // After the last file is written, so that an interrupted build counts as stale.
      async writeBundle(options) {
        if (options.dir) await writeFile(path.join(options.dir, stampFile), sourceDigest());
      },
    },
  ],
});
