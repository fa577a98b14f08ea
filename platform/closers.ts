/** The parts that a process has opened, to be closed again. */
export interface Closers {
  /** Returns the part, which will be closed in its turn. */
  keep<Part extends { close(): unknown }>(part: Part): Part;
  /** Closes the last one opened first, since it may need earlier ones. Never throws. */
  closeAll(): Promise<void>;
}

/** A part that fails to close leaves no other one open; `onProblem` is told. */
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
