import { installationTenant } from '#domain/tenant/tenant.ts';
import type { UnreadableKey, WrappedKeyStore } from '#stores/key/wrapped-keys.ts';
import type { Check } from './check-system.ts';
import { type Reason, throwIfAny } from './not-well.ts';

/** Keys that should open and do not, of all tenants; rejects while that can't be looked at. */
export type LookAtKeys = () => Promise<readonly UnreadableKey[]>;

interface LookAtKeysOptions {
  wrappedKeys: Pick<WrappedKeyStore, 'unreadable'>;
  /** How long an answer is cached, in milliseconds, since anybody may ask; default 30 000. */
  keptMs?: number;
}

/** Every key is opened anew, as it lies in the database now: no process finds out only when it starts. */
export function createLookAtKeys({ wrappedKeys, keptMs = 30_000 }: LookAtKeysOptions): LookAtKeys {
  let last: { at: number; found: Promise<readonly UnreadableKey[]> } | undefined;
  return () => {
    const at = performance.now();
    if (last === undefined || at - last.at >= keptMs) last = { at, found: wrappedKeys.unreadable() };
    const { found } = last;
    found.catch(() => {
      last = undefined;
    });
    return found;
  };
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
