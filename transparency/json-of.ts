import { canonicalJson } from '#platform/crypto/canonical-json.ts';

/** How far lists and objects of an export may be nested; entries are, 32 levels at most. */
const deepest = 64;

/**
 * The value of a JSON text; `undefined` for other text, and for what is nested too deeply. Plain parsing is enough: a line
 * counts only when the canonical JSON of its value is the line itself, which no second reading of it could be.
 */
export function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeper(value, deepest) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1));
}

/** The canonical JSON of a parsed value; `undefined` for a value without one, such as half of a surrogate pair. */
export function canonicalOf(value: unknown): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined;
  }
}
