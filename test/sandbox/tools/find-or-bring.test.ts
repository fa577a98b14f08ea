import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProgress } from '#sandbox/progress.ts';
import { type FindOrBringOptions, findOrBring } from '#sandbox/tools/find-or-bring.ts';
import { runProgram } from '#sandbox/tools/run-program.ts';
import type { Tool } from '#sandbox/tools/tool.ts';
import { createFakeMachine, type FakeMachine } from '../../support/fake-programs.ts';

let machine: FakeMachine;
let lines: string[];

beforeEach(() => {
  machine = createFakeMachine();
  lines = [];
});
afterEach(() => machine.close());

const tool = (name: string, more: Partial<Tool> = {}): Tool => ({
  name,
  variable: name.toUpperCase(),
  commands: [name],
  check: async (path, env) => {
    const { ok, out } = await runProgram([path], { env });
    return ok ? { version: out.trim() } : { wrong: 'it does not start' };
  },
  ways: [],
  packages: { 'apt-get': `${name}-package`, brew: name },
  byHand: `get ${name}`,
  ...more,
});

const bring = (tools: readonly Tool[], options: Partial<FindOrBringOptions> = {}) =>
  findOrBring(tools, {
    env: machine.env,
    folder: machine.folder,
    install: false,
    ci: false,
    rights: 'none',
    progress: createProgress((line) => lines.push(line)),
    ...options,
  });

/** An apt-get that says what it was told, and puts a program on `PATH` for each package. */
const apt = `echo "apt-get $*" >> "$SAID"
for word in "$@"; do case "$word" in *-package)
  program="$(dirname "$0")/$(basename "$word" -package)"
  printf '#!/bin/sh\\necho 1.0\\n' > "$program"; chmod 755 "$program";;
esac; done`;

const updates = 'apt-get update -q';
const installs = 'apt-get install -q -y --no-install-recommends --option=DPkg::Lock::Timeout=600';

describe('tools that are there', () => {
  it('are named in a line each, and nothing is fetched, asked or brought up to date', async () => {
    machine.put('one', 'echo 1.2');
    machine.put('two', 'echo 3.4');
    machine.put('apt-get', apt);
    machine.put('sudo', 'echo sudo >> "$SAID"');
    const way = {
      what: 'a way',
      kept: () => '/nowhere',
      bring: () => Promise.reject(new Error('was asked')),
    };
    const one = tool('one', { ways: [way] });
    const found = await bring([one, tool('two')], { ci: true, install: true, rights: 'root' });
    expect(found.get(one)).toEqual({ path: join(machine.bin, 'one'), version: '1.2', from: 'on PATH' });
    expect(lines).toEqual([
      `  one               1.2, ${machine.bin}/one, on PATH`,
      `  two               3.4, ${machine.bin}/two, on PATH`,
    ]);
    expect(machine.said()).toEqual([]);
  });
});

describe('a tool that is missing', () => {
  it('is brought as its own project does, before any package manager is asked', async () => {
    machine.put('apt-get', apt);
    const kept = (folder: string) => join(folder, 'one-1', 'one');
    const ways = [
      { what: 'the first way', kept, bring: () => Promise.reject(new Error('no network')) },
      {
        what: 'the second way',
        kept,
        bring: async ({ folder }: { folder: string }) => {
          await mkdir(dirname(kept(folder)), { recursive: true });
          await writeFile(kept(folder), '#!/bin/sh\necho 5.6\n', { mode: 0o755 });
        },
      },
    ];
    const one = tool('one', { ways });
    expect((await bring([one], { rights: 'root' })).get(one)?.path).toBe(kept(machine.folder));
    expect(lines).toEqual([
      `  one               5.6, ${kept(machine.folder)}, the second way`,
      '                    the first way: no network',
    ]);
    expect(machine.said()).toEqual([]);
    lines = [];
    await bring([one]);
    expect(lines).toEqual([`  one               5.6, ${kept(machine.folder)}, brought before`]);
  });

  it('is installed as root, all in one go, and named then', async () => {
    machine.put('apt-get', apt);
    const tools = [tool('one'), tool('two'), tool('three', { packages: { brew: 'three' } })];
    const found = await bring(tools, { rights: 'root' });
    expect(machine.said()).toEqual([updates, `${installs} one-package two-package`]);
    expect(tools.map((one) => found.get(one)?.from)).toEqual([
      'installed by apt-get',
      'installed by apt-get',
      undefined,
    ]);
    expect(lines.at(-1)).toBe('                    by hand: get three; or name it in THREE');
  });

  it.each([
    ['asked', { install: true }, true],
    ['under CI', { ci: true }, true],
    ['unasked', {}, false],
  ])('with a sudo that asks for no password, %s', async (_, options, installed) => {
    machine.put('apt-get', apt);
    machine.put('sudo', `shift; echo "sudo" >> "$SAID"; export PATH="${machine.bin}:$PATH"; exec "$@"`);
    const one = tool('one');
    const found = await bring([one], { rights: 'sudo', ...options });
    expect(found.has(one)).toBe(installed);
    expect(machine.said()).toEqual(installed ? ['sudo', updates, 'sudo', `${installs} one-package`] : []);
    if (installed) return;
    expect(lines).toEqual([
      '  one               none',
      '                    by hand: sudo apt-get install one-package; or name it in ONE',
    ]);
  });

  it('is said, with the command, to whoever has no rights; and is nobody’s failure', async () => {
    machine.put('apt-get', apt);
    const found = await bring([tool('one')], { rights: 'none', install: true });
    expect(found.size).toBe(0);
    expect(machine.said()).toEqual([]);
    expect(lines.at(-1)).toContain('by hand: sudo apt-get install one-package');
  });

  it('fails the run under CI, by its name', async () => {
    await expect(bring([tool('one'), tool('two')], { ci: true })).rejects.toThrow(
      'Under CI nothing may be left out, and this could not be had: one, two (see above).',
    );
  });

  it('waits while another brings the lists of apt up to date', async () => {
    machine.put(
      'apt-get',
      `if [ "$1" = update ] && [ ! -e "$SAID" ]; then echo locked >> "$SAID"
echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1" >&2; exit 100; fi\n${apt}`,
    );
    await bring([tool('one')], { rights: 'root' });
    expect(machine.said()).toEqual(['locked', updates, `${installs} one-package`]);
  });

  it('is missing still where the installation fails, with the last of its words', async () => {
    machine.put(
      'apt-get',
      'echo "Reading lists"; echo "E: Unable to locate package one-package" >&2; exit 100',
    );
    expect((await bring([tool('one')], { rights: 'root' })).size).toBe(0);
    expect(lines).toContain('                    apt-get: E: Unable to locate package one-package');
  });

  it('is replaced where it is too old: what was there is named too', async () => {
    machine.put('apt-get', apt);
    const old = machine.put('old', 'exit 1');
    const one = tool('one', { commands: ['old', 'one'] });
    expect((await bring([one], { rights: 'root' })).get(one)?.path).toBe(join(machine.bin, 'one'));
    expect(lines).toEqual([
      `  one               1.0, ${machine.bin}/one, installed by apt-get`,
      `                    ${old}: it does not start`,
    ]);
    expect(existsSync(old)).toBe(true);
  });
});
