import { CodedError } from '#domain/error.ts';

/** PostgreSQL keeps neither NUL nor lone surrogates; the driver would turn the latter into U+FFFD without a word. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Throws `INVALID_TEXT` when a parameter of a statement can't be stored as it is. */
export function assertStorable(values: readonly unknown[]): void {
  for (const value of values) {
    if (typeof value === 'string' && !isStorableText(value)) throw new CodedError('INVALID_TEXT');
    if (Array.isArray(value)) assertStorable(value);
  }
}

/** JSON text for a `jsonb` parameter; throws `INVALID_TEXT` for what `jsonb` refuses, in keys as in values. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (key, part: unknown) => {
    if (!isStorableText(key) || (typeof part === 'string' && !isStorableText(part))) {
      throw new CodedError('INVALID_TEXT');
    }
    return part;
  });
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}
