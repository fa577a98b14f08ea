import { CodedError } from '#domain/error.ts';
import { isPlainText } from '#domain/text.ts';

/**
 * Throws `INVALID_TEXT` when a parameter of a statement can't be stored as it is: the driver would silently turn a lone
 * surrogate into U+FFFD.
 */
export function assertStorable(values: readonly unknown[]): void {
  for (const value of values) {
    if (typeof value === 'string' && !isPlainText(value)) throw new CodedError('INVALID_TEXT');
    if (Array.isArray(value)) assertStorable(value);
  }
}

/** JSON text for a `jsonb` parameter; throws `INVALID_TEXT` for what `jsonb` refuses, in keys as in values. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (key, part: unknown) => {
    if (!isPlainText(key) || (typeof part === 'string' && !isPlainText(part))) {
      throw new CodedError('INVALID_TEXT');
    }
    return part;
  });
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}
