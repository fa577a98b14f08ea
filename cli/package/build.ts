import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
import { z } from 'zod';

const here = import.meta.dirname;
const root = path.join(here, '../..');
const manifest = z.object({ version: z.string(), license: z.string() });

/** `npm run build:cli [folder]`: the command line alone, ready for `npm pack`. */
const folder = path.resolve(process.argv[2] ?? path.join(here, '../dist/package'));

await build({
  configFile: false,
  root: path.join(here, '..'),
  logLevel: 'warn',
  ssr: { noExternal: true },
  build: {
    ssr: 'main.ts',
    target: 'node20',
    outDir: folder,
    emptyOutDir: true,
    minify: true,
    license: { fileName: 'THIRD-PARTY-LICENSES.md' },
    // CommonJS, so that the launcher can load it in words that an old Node understands.
    rolldownOptions: {
      output: { format: 'cjs', codeSplitting: false, entryFileNames: 'lib/openclaw.cjs' },
    },
  },
});

const { version, license } = manifest.parse(
  JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')),
);
const packed = {
  name: 'openclaw-enterprise-cli',
  version,
  description: 'The command line of OpenClaw Enterprise.',
  license,
  bin: { openclaw: 'bin/openclaw.js' },
  engines: { node: '>=20' },
};
await mkdir(path.join(folder, 'bin'));
await Promise.all([
  writeFile(path.join(folder, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`),
  copyFile(path.join(here, 'launcher.cjs'), path.join(folder, 'bin/openclaw.js')),
  copyFile(path.join(here, 'README.md'), path.join(folder, 'README.md')),
  copyFile(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE')),
]);
await chmod(path.join(folder, 'bin/openclaw.js'), 0o755);
