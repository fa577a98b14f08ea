export interface PausedCall {
  /** Id of the fault that paused it. */
  id: string;
  method: string;
  path: string;
}

export interface Pauses {
  /** Resolves when released: `true` = goes on, `false` = lost on the way. */
  pause(call: PausedCall): Promise<boolean>;
  list(): readonly PausedCall[];
  /** Releases every call that this fault has paused; returns how many. */
  release(id: string, goesOn: boolean): number;
  releaseAll(goesOn: boolean): void;
}

export function createPauses(): Pauses {
  const paused = new Map<symbol, PausedCall & { done(goesOn: boolean): void }>();
  function releaseWhere(fits: (call: PausedCall) => boolean, goesOn: boolean): number {
    const fitting = [...paused].filter(([, call]) => fits(call));
    for (const [key, call] of fitting) {
      paused.delete(key);
      call.done(goesOn);
    }
    return fitting.length;
  }
  return {
    pause: ({ id, method, path }) =>
      new Promise((done) => {
        paused.set(Symbol(id), { id, method, path, done });
      }),
    list: () => [...paused.values()].map(({ id, method, path }) => ({ id, method, path })),
    release: (id, goesOn) => releaseWhere((call) => call.id === id, goesOn),
    releaseAll: (goesOn) => void releaseWhere(() => true, goesOn),
  };
}
