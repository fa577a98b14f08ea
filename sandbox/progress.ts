/** Tells people what the start is doing. */
export interface Progress {
  /** One finished step: what it is, and where. */
  done(what: string, where: string): void;
  /** Anything worth a line. */
  note(line: string): void;
  /**
   * Runs something that may take a while; after two seconds, and every few seconds from then on, says that it is still
   * going.
   */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
}

export function createProgress(write: (line: string) => void, everyMs = 2000): Progress {
  return {
    done: (what, where) => write(`  ${what.padEnd(18)}${where}`),
    note: (line) => write(`  ${line}`),
    during: async (what, work) => {
      const startedAt = Date.now();
      const timer = setInterval(() => {
        write(`  … ${what}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
      }, everyMs);
      try {
        return await work();
      } finally {
        clearInterval(timer);
      }
    },
  };
}
