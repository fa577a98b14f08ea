import type { Actor } from '#domain/person/actor.ts';

export const erasureWorkflowType = 'erasure';

/** Start arguments of `erasure`; who is to be erased is in the row that it names. */
export interface ErasureInput {
  admin: Actor;
  erasureId: string;
}

export interface ErasureProgress {
  /** `waiting`: requests of the person are still open. */
  state: 'done' | 'waiting';
}
