/** JSON that two readers could understand differently. */
export class AmbiguousJson extends Error {
  override readonly name = 'AmbiguousJson';
  /** The path of what is ambiguous, as `actions.0.input`; empty for the document itself. */
  readonly field: string;

  constructor(field: string, problem: string) {
    super(problem);
    this.field = field;
  }
}

/**
 * Parses JSON that every reader understands alike (RFC 7493): no object names a member twice, of which readers take
 * the first or the last, and no number means another one once it is a double. Throws `SyntaxError` for other text,
 * `AmbiguousJson` for such a document.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const found = ambiguity(text);
  if (found !== undefined) throw found;
  return value;
}

/** Does an object in this JSON name a member twice? For JSON that has been parsed successfully. */
export function hasDuplicateNames(json: string): boolean {
  return ambiguity(json, false) !== undefined;
}

/** An object or a list that is open: its names so far (`undefined` for a list), and where in it the reader is. */
interface Open {
  names: Set<string> | undefined;
  at: string | number;
}

// A string (with the colon that makes it a name), a bracket, a comma or a number.
const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\],]|-?\d[\d.eE+-]*/g;

function ambiguity(json: string, numbers = true): AmbiguousJson | undefined {
  const open: Open[] = [];
  const here = () => open.map(({ at }) => at).join('.');
  for (const [text, colon] of json.matchAll(token)) {
    const inner = open.at(-1);
    if (text === '{') open.push({ names: new Set(), at: '' });
    else if (text === '[') open.push({ names: undefined, at: 0 });
    else if (text === '}' || text === ']') open.pop();
    else if (text === ',') {
      if (typeof inner?.at === 'number') inner.at += 1;
    } else if (colon !== undefined) {
      const name = String(JSON.parse(text.slice(0, -colon.length)));
      if (inner === undefined) continue;
      inner.at = name;
      if (inner.names?.has(name) === true) return new AmbiguousJson(here(), 'is given twice');
      inner.names?.add(name);
    } else if (numbers && !text.startsWith('"') && losesValue(text)) {
      return new AmbiguousJson(here(), 'is a number that cannot be kept exactly');
    }
  }
  return undefined;
}

/** Is this number another one once it is a double? 9007199254740993 would be …992, and 1e400 endless. */
function losesValue(source: string): boolean {
  const value = Number(source);
  return !Number.isFinite(value) || decimal(source) !== decimal(String(value));
}

/** One text for all spellings of a decimal number: 1.50, 15e-1 and 1.5 are the same. */
function decimal(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  let end = digits.length;
  // A pattern for zeros at the end would take quadratic time.
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  const short = digits.slice(0, end);
  if (short === '') return '0';
  return `${sign}${short}e${Number(exponent) - fraction.length + (digits.length - short.length)}`;
}
