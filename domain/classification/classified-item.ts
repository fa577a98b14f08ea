import { isPlainText } from '../text.ts';

const keyPattern = /^(?<source>[a-z][a-z0-9_-]{0,39}):(?<itemId>\S.{0,255})$/;

interface Item {
  source: string;
  itemId: string;
  /** The source takes `Acme/WebSite#7` and `acme/website#7` for one item. */
  ignoresCase?: boolean | undefined;
}

/** The key of an item across the system, however it was written: `github:acme/website#7`. */
export function itemKey({ source, itemId, ignoresCase = false }: Item): string {
  return `${source}:${ignoresCase ? itemId.toLowerCase() : itemId}`;
}

/** The parts of an item's key; `undefined` for text that is no key. */
export function parseItemKey(key: string): { source: string; itemId: string } | undefined {
  const { source, itemId } = keyPattern.exec(key)?.groups ?? {};
  if (source === undefined || itemId === undefined || !isPlainText(key)) return undefined;
  return { source, itemId };
}
