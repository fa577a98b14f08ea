/** For `expect.poll` and `vi.waitFor`: what a loaded machine may need. Nobody waits longer than until it is there. */
export const patience = { timeout: 30_000, interval: 50 } as const;
