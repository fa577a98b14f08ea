import { defineConfig } from 'vitest/config';

/** The Temporal SDK's native module crashes in threads: forks only. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // These end what hangs, and nothing else: CI's machine may be many times slower than ours.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    teardownTimeout: 30_000,
    reporters: ['default'],
  },
});
