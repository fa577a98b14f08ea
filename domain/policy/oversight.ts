import { ownActions } from '../action/own-actions.ts';
import type { Actor } from '../person/actor.ts';

/**
 * Oversight: duties that reach the tenant or the operator. Only the enterprise's policies govern them, as they are in
 * force for everybody; those of a unit or a person, and canaries, have no say. Who may do them at all is the permission
 * matrix.
 */
export const oversightActions: readonly string[] = [
  ownActions.readApproval,
  ownActions.exportAudit,
  ownActions.readAudit,
  ownActions.readUserData,
  ownActions.readHolds,
  ownActions.readDecisions,
  ownActions.readTenants,
  ownActions.readKeys,
].map(({ id }) => id);

const known: ReadonlySet<string> = new Set(oversightActions);

export function isOversight(actionId: string): boolean {
  return known.has(actionId);
}

/** Nobody in particular: no policy below the enterprise's and no canary covers them. */
export const nobodyInParticular = { orgUnit: '', userId: '' } as const satisfies Partial<Actor>;

type Person = Pick<Actor, 'orgUnit' | 'userId'>;

/** The person whose policies decide about an action: of oversight, whoever asks, the enterprise's alone. */
export function governedAs<P extends Person>(person: P, actionId: string): P | Person {
  return isOversight(actionId) ? nobodyInParticular : person;
}
