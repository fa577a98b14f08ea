import { defineConfig } from 'vitest/config';
import { type ProjectName, sortTestFiles } from './test/support/projects.ts';

const files = sortTestFiles();

const project = (name: ProjectName, options: { isolate: boolean; globalSetup?: string[] }) => ({
  extends: true as const,
  test: { name, include: files[name], ...options },
});

/** The Temporal SDK's native module crashes in threads: forks only. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/ready-tools.ts'],
    pool: 'forks',
    // One more than the two cores of CI's machine: somebody always waits.
    maxWorkers: 3,
    // These end what hangs, and nothing else: CI's machine may be many times slower than ours.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    teardownTimeout: 30_000,
    reporters: ['default'],
    projects: [
      project('quick', { isolate: false }),
      project('stores', { isolate: false, globalSetup: ['test/support/global-setup.ts'] }),
      project('stack', {
        isolate: false,
        globalSetup: ['test/support/global-setup.ts', 'test/support/built-page.ts'],
      }),
    ],
  },
});
