import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AmbiguousJson, hasDuplicateNames, parseJson } from '#domain/json/parse-json.ts';

/** JSON that nobody would misread; `-0` is written as `0`. */
const plain = fc.jsonValue({ maxDepth: 4, noUnicodeString: false }).map((value) => JSON.stringify(value));

/** Every object of a value, as the path to it. */
function objectsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => objectsIn(item, [...path, key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}

/** The value as JSON, where the object at that path says its first name again. */
function withName(
  value: unknown,
  [step, ...rest]: readonly string[],
  respell: (name: string) => string,
): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = Object.entries(value).map(([key, item]) => ({
    key,
    text: key === step ? withName(item, rest, respell) : JSON.stringify(item),
  }));
  if (Array.isArray(value)) return `[${items.map(({ text }) => text).join(',')}]`;
  const members = items.map(({ key, text }) => `${JSON.stringify(key)}:${text}`);
  const again = step === undefined ? [`${respell(items[0]?.key ?? '')} : [{}]`] : [];
  return `{${[...members, ...again].join(' ,\n')}}`;
}

const escaped = (name: string) =>
  `"${Array.from({ length: name.length }, (_, at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

describe('JSON that every reader understands alike', () => {
  it('is parsed as JSON is', () => {
    fc.assert(
      fc.property(plain, (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
        expect(hasDuplicateNames(text)).toBe(false);
      }),
    );
  });

  it('names no member of any object twice, however it is spelled', () => {
    const value = fc
      .jsonValue({ maxDepth: 4 })
      .filter((json) => objectsIn(json).some((path) => at(json, path)));
    fc.assert(
      fc.property(value, fc.nat(), fc.boolean(), (json, pick, escape) => {
        const named = objectsIn(json).filter((path) => at(json, path));
        const path = named[pick % named.length] ?? [];
        const text = withName(json, path, escape ? escaped : JSON.stringify);
        expect(JSON.parse(text)).toBeDefined();
        expect(hasDuplicateNames(text)).toBe(true);
        expect(() => parseJson(text)).toThrow(AmbiguousJson);
        expect(problemOf(text)).toMatchObject({
          field: [...path, Object.keys(objectAt(json, path))[0]].join('.'),
          message: 'is given twice',
        });
      }),
    );
  });

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '1e309',
    '-1e309',
    '1e-324',
    '0.10000000000000001',
    '1e99999999999',
  ])('holds no number that would become another: %s', (text) => {
    expect(problemOf(`{"a":[0,${text}]}`)).toMatchObject({ field: 'a.1' });
  });

  it.each([
    '9007199254740992',
    '1.50',
    '150e-2',
    '0.15E+1',
    '-0.0',
    '5e-324',
    '1.7976931348623157e308',
    '1e40',
  ])('spells a number as it likes: %s', (text) => {
    expect(parseJson(text)).toBe(Number(text));
  });

  it('takes any double as it is written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(parseJson(JSON.stringify(number))).toBe(number === 0 ? 0 : number);
        expect(parseJson(number.toExponential())).toBe(number + 0);
      }),
    );
  });

  it('is JSON in the first place', () => {
    for (const text of ['', '{', '{"a":1,"a":2', "{'a':1}", '[1,]', '01']) {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    }
  });

  // Each of these takes minutes with a pattern that backtracks; the test's own time limit is the judge.
  it('may have numbers of any length', () => {
    const zeros = '0'.repeat(250_000);
    for (const number of [
      `1.${zeros}1`,
      `1${zeros}1e-250001`,
      '10'.repeat(125_000),
      `0.${zeros}1`,
      `${zeros}1`.slice(1),
    ]) {
      expect(() => parseJson(`[${number}]`)).toThrow();
    }
    expect(parseJson(`[1.${zeros}]`)).toEqual([1]);
  });

  it('may be large', () => {
    const text = JSON.stringify({ text: '\\\n"{'.repeat(300_000) });
    expect(hasDuplicateNames(text)).toBe(false);
    expect(hasDuplicateNames(`[${text},${text.slice(0, -1)},"text":1}]`)).toBe(true);
  });
});

function objectAt(value: unknown, path: readonly string[]): object {
  let found = value;
  for (const step of path) {
    found = Object.entries(typeof found === 'object' && found !== null ? found : {}).find(
      ([key]) => key === step,
    )?.[1];
  }
  return typeof found === 'object' && found !== null ? found : {};
}

/** Does the object at that path have a member? */
function at(value: unknown, path: readonly string[]): boolean {
  return Object.keys(objectAt(value, path)).length > 0;
}

function problemOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    return error;
  }
}
