import { canonicalJson } from '#platform/crypto/canonical-json.ts';

/** The value of a JSON text; `undefined` for other text. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The canonical JSON of a parsed value; `undefined` for a value without one, such as half of a surrogate pair. */
export function canonicalOf(value: unknown): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined;
  }
}
