/**
 * The text that OPA hashes for a JSON file in a bundle: no spaces, keys in byte order, numbers as they are written,
 * strings as Go's encoder writes them without HTML escapes. Throws `SyntaxError` for text that is not JSON.
 */
export function structuredText(json: string): string {
  return textOf(JSON.parse(json, keepNumbers));
}

/** A number as it is written (1.50, 1e3), which a JavaScript number would lose; no JSON value is an instance of it. */
class Numeral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function keepNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? new Numeral(context?.source ?? '') : value;
}

function textOf(value: unknown): string {
  if (value instanceof Numeral) return value.text;
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([key, item]) => `${quoted(key)}:${textOf(item)}`)
    .join(',')}}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
