import { itemKey, parseItemKey } from '#domain/classification/classified-item.ts';
import { connectors } from './registry.ts';

/** How an item is named across the system, however its id was written, where only its source's name is known. */
export function itemKeyOf(item: { source: string; itemId: string }): string {
  const ignoresCase = connectors.find(({ name }) => name === item.source)?.ignoresCase;
  return itemKey({ ...item, ignoresCase });
}

/** The same of a key that somebody wrote; what isn't one stays as it is. */
export function canonicalItemKey(key: string): string {
  const parts = parseItemKey(key);
  return parts === undefined ? key : itemKeyOf(parts);
}
