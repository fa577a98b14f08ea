import { installationTenant } from '#domain/tenant/tenant.ts';
import type { UnreadableKey, WrappedKeyStore } from '#stores/key/wrapped-keys.ts';
import type { Check } from './check-system.ts';
import { keptFor } from './kept-for.ts';
import { type Reason, throwIfAny } from './not-well.ts';

/** Keys that should open and do not, of all tenants; rejects while that can't be looked at. */
export type LookAtKeys = () => Promise<readonly UnreadableKey[]>;

/** How long an answer is cached, in milliseconds, since a look opens every key. */
const keptMs = 30_000;

interface LookAtKeysOptions {
  wrappedKeys: Pick<WrappedKeyStore, 'unreadable'>;
}

/** Every key is opened anew, as it lies in the database now: no process finds out only when it starts. */
export function createLookAtKeys({ wrappedKeys }: LookAtKeysOptions): LookAtKeys {
  return keptFor(keptMs, () => wrappedKeys.unreadable());
}

/** Rejects when a tenant can't be opened, or only by the former form of its key. */
export function checkKeys(lookAtKeys: LookAtKeys): Check {
  return async () => throwIfAny((await lookAtKeys()).map(reasonOf));
}

function reasonOf({ tenantId, id, isSpared }: UnreadableKey): Reason {
  const what = isSpared
    ? `key ${id} does not open as it was wrapped last; its former form is used`
    : `key ${id} does not open, and what it sealed can not be read`;
  return { tenantId: tenantId === installationTenant ? null : tenantId, problem: what };
}
