import type { KeyObject } from 'node:crypto';
import { systemActor } from '#domain/person/actor.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { WrappedKeyStore } from '#stores/key/wrapped-keys.ts';
import type { UpkeepStore } from '#stores/upkeep/upkeep.ts';
import type { RewrapStep } from '#workflows/messages/rewrap.ts';

export interface RewrapOptions {
  wrappedKeys: Pick<WrappedKeyStore, 'rewrap' | 'state' | 'keepMasterKeys'>;
  upkeep: Pick<UpkeepStore, 'done'>;
  /** Master keys in the file that no longer seal. */
  formerMasterKeys: () => ReadonlyMap<string, KeyObject>;
  recordEvent: RecordEvent;
  /** The tenant whose audit log records it; unset = none. */
  operatorTenant?: string | undefined;
}

export type RewrapKeys = (after: string) => Promise<RewrapStep>;

/** Wraps the next data keys under the active master key; before the first of them, stores the former master keys. */
export function createRewrapKeys({
  wrappedKeys,
  upkeep,
  formerMasterKeys,
  recordEvent,
  operatorTenant,
}: RewrapOptions): RewrapKeys {
  return async (after) => {
    if (after === '') await wrappedKeys.keepMasterKeys(formerMasterKeys());
    const step = await wrappedKeys.rewrap(after);
    if (step.next !== null) return step;
    await upkeep.done('rewrap');
    if (operatorTenant !== undefined) await recordWhole(operatorTenant);
    return step;
  };

  /** One entry per master key, however often this runs. */
  async function recordWhole(tenantId: string): Promise<void> {
    const { activeMasterKey, byMasterKey, neededMasterKeys } = await wrappedKeys.state();
    if (neededMasterKeys.length > 0 || byMasterKey.some(({ masterKey }) => masterKey !== activeMasterKey))
      return;
    const keys = byMasterKey.reduce((sum, one) => sum + one.keys, 0);
    await recordEvent(systemActor(tenantId), {
      event: 'keys.rewrapped',
      detail: `every data key lies under master key ${activeMasterKey}`,
      outcome: 'success',
      metadata: { master_key: activeMasterKey, keys },
      dedupeKey: `keys.rewrapped:${activeMasterKey}`,
    });
  }
}
