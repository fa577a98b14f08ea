import { CodedError } from '../error.ts';

declare const permitBrand: unique symbol;

/**
 * Allows one action to run once. Only `governance/perform/perform.ts` mints permits
 * (test/architecture/imports.test.ts).
 */
export interface Permit {
  readonly [permitBrand]: true;
  /** Registry id of the action that may run. */
  readonly action: string;
  /** The id under which the effect is claimed; it becomes the marker or idempotency key at the provider. */
  readonly runId: string;
}

const minted = new WeakSet<object>();

export function mintPermit(facts: { action: string; runId: string }): Permit {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand exists for the compiler only
  const permit = Object.freeze({ ...facts }) as Permit;
  minted.add(permit);
  return permit;
}

/** Throws `forbidden` unless the permit is genuine and made for this action. */
export function assertPermit(permit: Permit, action: string): void {
  if (!minted.has(permit) || permit.action !== action) {
    throw new CodedError('forbidden', { message: `no permit for ${action}` });
  }
}
