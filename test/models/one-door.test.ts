import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = globSync('**/*.{ts,tsx}', {
  cwd: root,
  exclude: (name) => ['node_modules', 'dist', 'test', '.git'].includes(name),
});

const holding = (pattern: RegExp) =>
  files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8'))).toSorted();

describe('language models', () => {
  it('are looked for in hundreds of files', () => {
    expect(files.length).toBeGreaterThan(300);
  });

  it('are known to their own folder alone', () => {
    const knowing = holding(/from '(ai|@ai-sdk\/[\w-]+)(\/[\w-]+)?'/);
    expect(knowing.length).toBeGreaterThan(1);
    expect(knowing.filter((file) => !file.startsWith('models/'))).toEqual([]);
  });

  it('are opened by the worker, and asked by one file of governance', () => {
    expect(holding(/from '#models\//)).toEqual(['workers/main.ts']);
    expect(holding(/models\.ask\(/)).toEqual(['governance/model/call.ts']);
  });
});
