import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** `quick` needs no servers, `stores` has the run's servers, `stack` starts processes besides and mostly waits for them. */
export type ProjectName = 'quick' | 'stores' | 'stack';

const root = join(import.meta.dirname, '../..');
const imported = /(?:from|import)\s*\(?\s*'((?:\.|#test\/)[^']*\.ts)'/g;
const startsProcesses =
  /from '(?:node:child_process|playwright-core|#sandbox\/(?:parts|children|supervise).*)'/;
const asksForServers = /\binject\(/;

/** Every test file by its project, which follows from what the file reaches within test/: there is no list to keep. */
export function sortTestFiles(): Record<ProjectName, string[]> {
  const sorted: Record<ProjectName, string[]> = { quick: [], stores: [], stack: [] };
  for (const file of globSync('test/**/*.test.ts', { cwd: root })) {
    const texts = [...reachedBy(file)].map(textOf);
    const uses = (pattern: RegExp) => texts.some((text) => pattern.test(text));
    sorted[uses(startsProcesses) ? 'stack' : uses(asksForServers) ? 'stores' : 'quick'].push(file);
  }
  return sorted;
}

const texts = new Map<string, string>();

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
  texts.set(file, text);
  return text;
}

function reachedBy(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file) || !file.startsWith('test/')) return reached;
  reached.add(file);
  for (const [, path = ''] of textOf(file).matchAll(imported)) {
    reachedBy(
      path.startsWith('#') ? path.slice(1) : relative(root, join(root, dirname(file), path)),
      reached,
    );
  }
  return reached;
}
