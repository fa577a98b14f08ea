import { constants } from 'node:os';

/**
 * Resolves after the first signal that asks this process to end, with the matching exit code; `again` is called for
 * each later one.
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
