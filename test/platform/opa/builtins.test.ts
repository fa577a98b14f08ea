import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { allowedBuiltins, builtinOfFunction, refusedByFunction } from '#platform/opa/builtins.ts';
import { readArchive } from '#platform/opa/bundle/read-archive.ts';
import { createEvaluator } from '#platform/opa/create-evaluator.ts';
import { createRemoteEngine } from '#platform/opa/remote-engine.ts';
import { strictModule } from '#platform/opa/strict-module.ts';
import { customerCapabilities } from '#policies/build.ts';
import { freePort } from '#sandbox/free-port.ts';
import { needing } from '../../support/needing.ts';
import { toolPath } from '../../support/tools.ts';

const file = new URL('../../../policies/customer-capabilities.json', import.meta.url);

const { builtins } = z
  .object({
    builtins: z.array(
      z.object({
        name: z.string(),
        infix: z.string().optional(),
        relation: z.boolean().optional(),
        decl: z.object({ args: z.array(z.unknown()).default([]) }),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(file, 'utf8')));

it('the capabilities that are shipped are those that a bundle may use', () => {
  expect(builtins.map(({ name }) => name).toSorted()).toEqual([...allowedBuiltins].toSorted());
});

/** Compiled away before anything runs. */
const asked = builtins.filter(({ name }) => !['assign', 'eq', 'print', 'internal.print'].includes(name));

/** Arguments as JSON; `{set: […]}` stands for a set, which JSON doesn't have. */
const values: unknown[] = [
  null,
  true,
  0,
  -1,
  2,
  1.5,
  1e21,
  '',
  'a',
  'aXb',
  'ÄßıİǅΣσς',
  '😀e\u0301',
  ' \t\u00a0a\u3000',
  'x y',
  'a/b',
  [],
  [1, 2],
  ['a', 'b'],
  [['a'], 'b'],
  [1, 'a', null],
  ['a/b', 'x'],
  {},
  { a: 1 },
  { a: { b: [1, { c: 2 }] } },
  { set: [] },
  { set: [1, 2] },
  { set: ['a'] },
  { set: [['a']] },
  { a: ['b'], b: ['c', 'a'], c: [] },
  { '': 'x' },
];
const [many, some, few] = [
  values,
  values.filter((_, n) => n % 2 === 0),
  [null, -1, 2, '', 'aXb', [], ['a'], { a: 1 }, { set: ['a'] }],
];

/** Letters that Unicode got in 2019 and later stay as they are here: three of Latin's blocks, and Vithkuqi. */
const isNewer = (n: number) => [0x2c2f, 0x2c5f].includes(n) || (n >= 0xa7c0 && n <= 0xa7f6) || n >= 0x1_0570;

/** Every other letter of the first 66 thousand, for what changes letters. */
const letters = Array.from({ length: 0x1_0600 }, (_, n) => n)
  .filter((n) => n > 0 && (n < 0xd800 || n > 0xdfff) && !isNewer(n))
  .map((n) => String.fromCodePoint(n));
const alphabet = Array.from({ length: Math.ceil(letters.length / 2_000) }, (_, n) => [
  letters.slice(n * 2_000, (n + 1) * 2_000).join(''),
]);

function argumentsOf({ name, decl }: (typeof asked)[number]): unknown[][] {
  const choice = [many, many, some][decl.args.length] ?? few;
  const grid = decl.args.reduce<unknown[][]>(
    (rows) => rows.flatMap((row) => choice.map((value) => [...row, value])),
    [[]],
  );
  return ['lower', 'upper', 'trim_space'].includes(name) ? [...grid, ...alphabet] : grid;
}

function callOf({ name, infix, relation, decl }: (typeof asked)[number]): string {
  const [one, two, three] = decl.args.map((_, n) => `args[${n}]`);
  if (name === 'internal.member_2') return `${one} in ${two}`;
  if (name === 'internal.member_3')
    return `[${one}, ${two} in ${three}]`.replace('[', '(').replace(/\]$/, ')');
  if (infix !== undefined) return `${one} ${infix} ${two}`;
  const call = `${name}(${[one, two, three].filter((arg) => arg !== undefined).join(', ')})`;
  return relation === true ? `[found | found := ${call}]` : call;
}

const rego = `package t

default answer := {"is": "undefined"}

args := [value | some given in input.args; value := unwrapped(given)]

unwrapped(given) := {one | some one in given.set} if is_array(given.set)
else := given

${asked.map((one) => `answer := {"is": ${callOf(one)}} if input.name == "${one.name}"`).join('\n')}

answer := {"is": one} if { input.name == "conflict"; some one in [1, 2] }
`;

/** Nothing orders what is in a set or an object: answers are compared with all their parts in order. */
function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).toSorted().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${key}:${ordered(one)}`)
    .toSorted()
    .join()}}`;
}

needing('opa')('with opa on PATH', () => {
  it('the capabilities are what they were made of', () => {
    expect(readFileSync(file, 'utf8')).toBe(customerCapabilities());
  });

  it('every built-in that is allowed answers as in OPA, or both deny', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-builtins-'));
    const address = `127.0.0.1:${await freePort()}`;
    writeFileSync(join(folder, 't.rego'), rego);
    const built = spawnSync(
      toolPath('opa'),
      ['build', '-t', 'wasm', '-e', 't/answer', '-o', 't.tgz', 't.rego'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(built.stderr).toBe('');
    const server = spawn(toolPath('opa'), ['run', '--server', `--addr=${address}`, 't.rego'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => server.once('exit', resolve));
    try {
      const files = await readArchive(readFileSync(join(folder, 't.tgz')));
      const { module, functions } = await strictModule(files.get('policy.wasm') ?? Buffer.alloc(0), (name) =>
        builtinOfFunction.has(name),
      );
      expect([...functions].filter((name) => refusedByFunction.has(name))).toEqual([]);

      const create = () =>
        createEvaluator({ module: { module, entrypoints: [] }, data: {}, maxInputBytes: 1e6 });
      while ((await fetch(`http://${address}/health`).catch(() => undefined))?.status !== 200)
        await sleep(20);
      const remote = await createRemoteEngine({ url: `http://${address}`, timeoutMs: 20_000 }).load({
        policy: {},
      });
      let evaluator = await create();
      const here = async (input: Record<string, unknown>) => {
        try {
          return ordered(evaluator.evaluate('t/answer', input));
        } catch {
          evaluator = await create();
          return 'denied';
        }
      };
      const there = (input: Record<string, unknown>) =>
        Promise.resolve(remote.evaluate('t/answer', input)).then(ordered, () => 'denied');
      const inputs = [
        { name: 'conflict', args: [] },
        { name: 'undefined', args: [] },
        ...asked.flatMap((one) => argumentsOf(one).map((args) => ({ name: one.name, args }))),
      ];
      const different: string[][] = [];
      let denied = 0;
      for (let at = 0; at < inputs.length; at += 40) {
        await Promise.all(
          inputs.slice(at, at + 40).map(async (input) => {
            const [ours, theirs] = [await here(input), await there(input)];
            if (ours === 'denied') denied += 1;
            if (ours !== theirs)
              different.push([JSON.stringify(input).slice(0, 200), ours.slice(0, 200), theirs.slice(0, 200)]);
          }),
        );
      }
      // The largest of nothing is undefined in OPA; the library says nothing, as it does of an error.
      const ofNothing = ['max', 'min'].flatMap((name) =>
        [[], { set: [] }].map((none) => [
          JSON.stringify({ name, args: [none] }),
          'denied',
          '{is:"undefined"}',
        ]),
      );
      expect(different.toSorted()).toEqual(ofNothing.toSorted());
      expect(inputs.length).toBeGreaterThan(9_000);
      expect(denied).toBeGreaterThan(4_000);
    } finally {
      server.kill();
      await gone;
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
