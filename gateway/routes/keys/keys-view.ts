import type { KeysView } from '#domain/key/keys.schema.ts';
import type { WrappedKeys } from '#stores/key/wrapped-keys.ts';

/**
 * A former master key can be removed from the file once it wraps nothing, the former form of a key neither, and is itself
 * stored, wrapped under the active one.
 */
export function viewOfKeys(wrapped: WrappedKeys, inFile: readonly string[]): KeysView {
  const {
    activeMasterKey: active,
    byMasterKey,
    neededMasterKeys: needed,
    keptMasterKeys,
    destroyed,
  } = wrapped;
  const wraps = new Map(byMasterKey.map(({ masterKey, keys }) => [masterKey, keys]));
  const ids = [...new Set([active, ...inFile, ...wraps.keys()])].toSorted();
  return {
    active_master_key: active,
    keys: [...wraps.values()].reduce((sum, keys) => sum + keys, 0),
    rewrapped: wraps.get(active) ?? 0,
    destroyed,
    master_keys: ids.map((id) => ({
      id,
      in_file: inFile.includes(id),
      wraps: wraps.get(id) ?? 0,
      removable:
        id !== active &&
        inFile.includes(id) &&
        !wraps.has(id) &&
        !needed.includes(id) &&
        keptMasterKeys.includes(id),
    })),
  };
}
