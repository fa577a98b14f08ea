#!/usr/bin/env node
// Plain JavaScript that any Node can parse: an old one gets a sentence, not a stack trace.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const newEnough = major > 22 || (major === 22 && minor >= 12);

if (!newEnough) {
  process.stderr.write(
    `openclaw needs Node 22.12 or later; this is Node ${process.versions.node}.\n` +
      'In a checkout run it as `npx openclaw` (npm installs Node 24 with the other packages), or install a newer Node.\n',
  );
  process.exitCode = 2;
} else if (process.features.typescript) {
  await import('./main.ts');
} else {
  // Before 22.18 Node reads TypeScript only when asked to.
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child says what it means, and its exit code is ours.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
