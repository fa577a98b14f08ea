/** What a process has opened, and how it is closed again. */
export interface Closers {
  /** Hands the part back, which is closed in its turn. */
  keep<Part extends { close(): unknown }>(part: Part): Part;
  /** The last one opened goes first, since it may need those before it. Never throws. */
  closeAll(): Promise<void>;
}

/** A part that does not close well keeps no other one open; `onProblem` hears of it. */
export function createClosers({ onProblem }: { onProblem: (cause: unknown) => void }): Closers {
  const open: { close(): unknown }[] = [];
  return {
    keep(part) {
      open.push(part);
      return part;
    },
    async closeAll() {
      for (let part = open.pop(); part !== undefined; part = open.pop()) {
        try {
          await part.close();
        } catch (cause) {
          onProblem(cause);
        }
      }
    },
  };
}
