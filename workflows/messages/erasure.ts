import type { Actor } from '#domain/person/actor.ts';

export const erasureWorkflowType = 'erasure';

/** Start arguments of `erasure`: the person is in the row, by reference. */
export interface ErasureInput {
  admin: Actor;
  erasureId: string;
}

export interface ErasureProgress {
  /** `waiting` for open requests of the person. */
  state: 'done' | 'waiting';
}
