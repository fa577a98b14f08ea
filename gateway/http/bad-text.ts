import { isPlainText } from '#domain/text.ts';

/**
 * Where a value contains text that PostgreSQL and providers can't take (NUL, lone surrogate), keys included:
 * `actions.0.input.body`; `undefined` when there is none.
 */
export function badTextAt(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return isPlainText(value) ? undefined : path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!isPlainText(key)) return path;
    const place = badTextAt(inner, path === '' ? key : `${path}.${key}`);
    if (place !== undefined) return place;
  }
  return undefined;
}
