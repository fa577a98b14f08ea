import type { PlannedAction } from '#domain/action/action.ts';

/** What the planner made of a request: actions to carry out, or the state it ended in. */
export type Planned =
  | { kind: 'planned'; actions: readonly PlannedAction[] }
  | { kind: 'answered' | 'withdrawn' };
