import { constants } from 'node:os';

/**
 * Resolves, after the first signal that asks this process to end, with the exit code that says so; `again` hears of each
 * later one.
 */
export function toldToStop(again: (signal: NodeJS.Signals) => void): Promise<number> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (told) again(signal);
        told = true;
        resolve(128 + constants.signals[signal]);
      });
    }
  });
}
