import { isPlainText } from '../text.ts';

const keyPattern = /^(?<source>[a-z][a-z0-9_-]{0,39}):(?<itemId>\S.{0,255})$/;

/** Sources to which `Acme/WebSite#7` and `acme/website#7` are one. */
const caseless: ReadonlySet<string> = new Set(['github']);

/** How an item of a data source is named across the system, however it was written: `github:acme/website#7`. */
export function itemKey({ source, itemId }: { source: string; itemId: string }): string {
  return `${source}:${caseless.has(source) ? itemId.toLowerCase() : itemId}`;
}

/** The same of a key that somebody wrote; what isn't one stays as it is. */
export function canonicalItemKey(key: string): string {
  const parts = parseItemKey(key);
  return parts === undefined ? key : itemKey(parts);
}

/** The parts of an item's key; `undefined` for what isn't one. */
export function parseItemKey(key: string): { source: string; itemId: string } | undefined {
  const { source, itemId } = keyPattern.exec(key)?.groups ?? {};
  if (source === undefined || itemId === undefined || !isPlainText(key)) return undefined;
  return { source, itemId };
}
