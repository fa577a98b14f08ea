import type { KeyObject } from 'node:crypto';
import type { KeyRing, KeysOfFile } from './key-ring.ts';

interface LiveKeyRingOptions {
  /** The keys that the file contains now. */
  current: () => KeysOfFile;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs?: () => number;
  /** How long a new key only opens before it seals, in milliseconds; default 120 000. */
  waitMs?: number;
}

export interface LiveKeyRing extends KeysOfFile {
  /** Adds keys that only open: master keys that are no longer in the file. */
  adopt(keys: ReadonlyMap<string, KeyObject>): void;
  /** The keys in the file that no longer seal. */
  former(): ReadonlyMap<string, KeyObject>;
}

/**
 * Follows the file. A key that is new to this process opens at once, but seals only after a while: until then another
 * process may not have read the file and could not open what we seal.
 */
export function createLiveKeyRing(options: LiveKeyRingOptions): LiveKeyRing {
  const { current, monotonicMs = () => performance.now(), waitMs = 120_000 } = options;
  const adopted = new Map<string, KeyObject>();
  const knownSince = new Map(current().ids.map((id) => [id, Number.NEGATIVE_INFINITY]));
  let sealing = current().active;

  function active(): KeyRing['active'] {
    const file = current();
    const at = monotonicMs();
    for (const id of file.ids) if (!knownSince.has(id)) knownSince.set(id, at);
    const hasWaited = at - (knownSince.get(file.active.id) ?? at) >= waitMs;
    // If the old key is no longer in the file, we can't go on sealing with it.
    if (hasWaited || file.find(sealing.id) === undefined) sealing = file.active;
    return sealing;
  }

  return {
    get active() {
      return active();
    },
    get ids() {
      return current().ids;
    },
    find: (id) => current().find(id) ?? adopted.get(id),
    adopt(keys) {
      for (const [id, key] of keys) adopted.set(id, key);
    },
    former() {
      const { id: sealer } = active();
      const { ids, find } = current();
      const others = ids.flatMap((id) => {
        const key = find(id);
        return id === sealer || key === undefined ? [] : [[id, key] as const];
      });
      return new Map(others);
    },
  };
}
