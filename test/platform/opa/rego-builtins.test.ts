import { describe, expect, it } from 'vitest';
import { builtinsUsed } from '#platform/opa/bundle/rego-builtins.ts';

const used = (rego: string, more: Record<string, string> = {}) =>
  builtinsUsed(new Map(Object.entries({ 'one.rego': rego, ...more }))).map(
    ({ name, file, line }) => `${name} ${file}:${line}`,
  );

/** Ways to write a call in Rego, each of a built-in with one step or several. */
const spellings: Record<string, string> = {
  plain: 'time.now_ns()',
  'with spaces': 'time . now_ns ()',
  'in brackets': 'time["now_ns"]()',
  'in raw brackets': 'time[`now_ns`]()',
  'with an escape': String.raw`time["now\u005fns"]()`,
  'over two lines': 'time\n["now_ns"]()',
};

/** Places of Rego in which a call may stand; `@` is the call. */
const places: Record<string, string> = {
  body: 'decision := 1 if {\n@ > 3\n}',
  'body without braces': 'decision := 1 if @ > 3',
  'body on the next line': 'decision := 1 if\n@ > 3',
  head: 'decision := @',
  'head on the next line': 'decision :=\n@',
  else: 'decision := 1 if input.x\nelse := @',
  default: 'f(x) := 1\nother := 2\ndecision := @',
  negation: 'decision := 1 if not @',
  'brackets after a keyword': 'decision := 1 if { not(@) }',
  comprehension: 'decision := [x | x := @]',
  object: 'decision := {"a": [@]}',
  argument: 'decision := count([@])',
  every: 'decision := 1 if { every x in [1] { x < @ } }',
  'value of with': 'decision := 1 if { input.x with input.x as @ }',
  'after a comment': 'a := 1 # "text\ndecision := @',
  'after a raw string': 'a := `\n"\n`\ndecision := @',
  'after an escaped quote': String.raw`a := "\"" ` + '\ndecision := @',
  'after a set of texts': 'decision := 1 if { input.x in ["a"]; @ > 1 }',
};

describe('a built-in that Rego calls', () => {
  const cells = Object.entries(places).flatMap(([place, rego]) =>
    Object.entries(spellings).map(([spelling, call]) => [place, spelling, rego.replace('@', () => call)]),
  );

  it.each(cells)('is found in a %s, %s', (_place, _spelling, rego) => {
    const found = used(`package p\n${rego}`).map((use) => use.split(' ')[0]);
    expect(found.filter((name) => name !== 'count')).toEqual(['time.now_ns']);
  });

  it('is named with file and line', () => {
    expect(used('package p\n\n# to_number(1)\na := to_number("1")')).toEqual(['to_number one.rego:4']);
  });

  it.each([
    ['a := 1 / 2', 'div'],
    ['a := 5 % 2', 'rem'],
    ['a := x if x := 6/3', 'div'],
    ['a := $"now {input.x}"', 'internal.template_string'],
    ['a := $`now {input.x}`', 'internal.template_string'],
    ['a := 1 if { f(1) with time.now_ns as 5 }\nf(x) := x', 'time.now_ns'],
    ['a := 1 if { input.x with count as f }\nf(x) := x', 'count'],
  ])('is found in %s', (rego, name) => {
    expect(used(`package p\n${rego}`)).toContain(`${name} one.rego:2`);
  });
});

describe('what is no call of a built-in', () => {
  it.each([
    ['a comment', '# to_number(1)'],
    ['a text', 'a := "to_number(1) / 2"'],
    ['a raw text', 'a := `to_number(1)\n5 % 3`'],
    ['a function of its own', 'to_number(x) := x\na := to_number(1)'],
    ['a function defined below', 'a := to_number(1)\nto_number(x) := x'],
    ['a default function', 'default to_number(_) := 0\na := to_number(1)'],
    ['a function after a block', 'b if { input.x }\nto_number(x) := x if x > 1\na := to_number(1)'],
    ['an imported function', 'import data.lib.to_number\na := to_number(1)'],
    ['an imported package', 'import data.lib as time\na := time.now_ns()'],
    ['a function by its path', 'a := data.lib.to_number(1)'],
    ['a name without a call', 'a := time if time := input.time.now_ns'],
    ['keywords before brackets', 'a := 1 if { not(input.x); (input.y) in (input.z) }'],
  ])('is %s', (_, rego) => {
    expect(used(`package p\n${rego}`)).toEqual([]);
  });

  it('is a function of its package in another file, and not one of another package', () => {
    const call = 'package p\na := to_number(1)';
    expect(used(call, { 'two.rego': 'package p\nto_number(x) := x' })).toEqual([]);
    expect(used(call, { 'two.rego': 'package q\nto_number(x) := x' })).toEqual(['to_number one.rego:2']);
  });
});
