export interface HeldCall {
  /** Id of the fault that paused it. */
  id: string;
  method: string;
  path: string;
}

export interface Holds {
  /** Resolves when released: `true` = goes on, `false` = lost on the way. */
  hold(call: HeldCall): Promise<boolean>;
  list(): readonly HeldCall[];
  /** Releases every call that this fault has paused; returns how many. */
  release(id: string, goesOn: boolean): number;
  releaseAll(goesOn: boolean): void;
}

export function createHolds(): Holds {
  const held = new Map<symbol, HeldCall & { done(goesOn: boolean): void }>();
  function releaseWhere(fits: (call: HeldCall) => boolean, goesOn: boolean): number {
    const fitting = [...held].filter(([, call]) => fits(call));
    for (const [key, call] of fitting) {
      held.delete(key);
      call.done(goesOn);
    }
    return fitting.length;
  }
  return {
    hold: ({ id, method, path }) =>
      new Promise((done) => {
        held.set(Symbol(id), { id, method, path, done });
      }),
    list: () => [...held.values()].map(({ id, method, path }) => ({ id, method, path })),
    release: (id, goesOn) => releaseWhere((call) => call.id === id, goesOn),
    releaseAll: (goesOn) => void releaseWhere(() => true, goesOn),
  };
}
