import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { placesOf } from '#cli/completion/places.ts';
import { createContext } from '#cli/context.ts';
import { createProgram } from '#cli/program.ts';
import { auditOutcomes } from '#domain/audit/audit.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

const run = promisify(execFile);
const program = createProgram(createContext({ env: {}, json: false, exit: () => {} }));
const places = placesOf(program);
const top = [...program.commands.map((command) => command.name()), 'help'];

async function script(shell: string): Promise<string> {
  const ended = await openclaw(['completion', shell], { configDir: newConfigDir() });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const file = join(newConfigDir(), `openclaw.${shell}`);
  writeFileSync(file, ended.stdout);
  return file;
}

/** How a shell is asked what it would offer for the last word; `$1` is the script, the words follow. */
const asks = {
  bash: 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _openclaw; printf "%s\\n" "${COMPREPLY[@]}"',
  // Stand-ins for what only a zsh with its completion system loaded has.
  zsh: `compdef() { : }; compset() { : }; _files() { print -l -- *(N) }; _describe() { print -rl -- \${\${(P)2}%%:*} }
    source "$1"; shift; words=("$@"); CURRENT=$#; _openclaw`,
  fish: 'source $argv[1]; complete -C (string join " " -- $argv[2..-1]) | string split -f 1 \\t; true',
} as const;

type Shell = keyof typeof asks;

async function isThere(shell: Shell): Promise<boolean> {
  return run(shell, ['-c', 'exit 0']).then(
    () => true,
    () => false,
  );
}

/** bash everywhere; the others are asked where they are installed, and else held by what their script names. */
const there: Shell[] = ['bash'];
for (const shell of ['zsh', 'fish'] as const) if (await isThere(shell)) there.push(shell);

async function offered(
  shell: Shell,
  file: string,
  words: readonly string[],
  cwd?: string,
): Promise<string[]> {
  const plain = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell];
  const name = shell === 'fish' ? [] : ['ask'];
  const args = [...plain, '-c', asks[shell], ...name, file, 'openclaw', ...words];
  const { stdout } = await run(shell, args, { ...(cwd && { cwd }) });
  const last = words.at(-1) ?? '';
  // zsh leaves it to its completion system which of the offers begin with the word.
  return stdout.split('\n').filter((word) => word !== '' && word.startsWith(last.replace(/^.*=/, '')));
}

describe('what completion knows', () => {
  it('is what the program knows: each command, option and choice', () => {
    expect(places.find(({ at }) => at === '')?.commands.map(({ name }) => name)).toEqual(top);
    const list = places.find(({ at }) => at === 'audit list');
    expect(list?.options).toContainEqual({
      names: ['--outcome'],
      about: 'with this outcome',
      value: { words: auditOutcomes },
    });
    expect(list?.options.flatMap(({ names }) => names)).toEqual(
      expect.arrayContaining(['--user', '--json', '--help', '-h']),
    );
    expect(places.find(({ at }) => at === 'audit verify')?.arguments).toEqual(['file']);
    expect(places.find(({ at }) => at === 'requests resolve')?.arguments).toEqual([
      'any',
      { words: ['happened', 'send_again', 'give_up'] },
    ]);
  });

  it('holds no word that a shell would take apart', () => {
    const words = places.flatMap(({ commands, options, arguments: values }) => [
      ...commands.map(({ name }) => name),
      ...options.flatMap(({ names }) => names),
      ...[...values, ...options.map(({ value }) => value)].flatMap((value) =>
        typeof value === 'object' ? value.words : [],
      ),
    ]);
    expect(words.length).toBeGreaterThan(300);
    expect(words.filter((word) => !/^[\w.-]+$/.test(word))).toEqual([]);
  });
});

describe.each(Object.keys(asks) as Shell[])('openclaw completion %s', (shell) => {
  it('names every command, option and choice', async () => {
    const { stdout } = await openclaw(['completion', shell], { configDir: newConfigDir() });
    const text = stdout.replaceAll("'", ' ').replaceAll(':', ' ').split(/\s+/);
    const known = new Set(text);
    const missing = places.flatMap(({ at, commands, options }) => [
      ...commands.filter(({ name }) => !known.has(name)).map(({ name }) => `${at} ${name}`),
      ...options
        .flatMap(({ names, value }) => [
          ...names.map((name) => (shell === 'fish' ? name.replace(/^--?/, '') : name)),
          ...(typeof value === 'object' ? value.words : []),
        ])
        .filter((word) => !known.has(word))
        .map((word) => `${at} ${word}`),
    ]);
    expect(missing).toEqual([]);
  });
});

describe.each(there)('%s with that script', (shell) => {
  it('completes commands, options and values', async () => {
    const file = await script(shell);
    const sorted = async (...words: string[]) => (await offered(shell, file, words)).toSorted();
    expect(await sorted('')).toEqual(top.toSorted());
    expect(await sorted('app')).toEqual(['approvals']);
    expect(await sorted('audit', 'ver')).toEqual(['verify']);
    expect(await sorted('audit', 'list', '--outcome', '')).toEqual(auditOutcomes.toSorted());
    expect(await sorted('--json', 'audit', 'list', '--user', 'list', '--outcome', 'suc')).toEqual([
      'success',
    ]);
    expect(await sorted('audit', 'list', '--out')).toEqual(['--outcome']);
    expect(await sorted('requests', 'resolve', 'req_1', '')).toEqual(['give_up', 'happened', 'send_again']);
    expect(await sorted('requests', 'show', '')).toEqual([]);
    expect(await sorted('completion', '')).toEqual(['bash', 'fish', 'zsh']);
  });

  it('offers files where a file is wanted', async () => {
    const file = await script(shell);
    const folder = newConfigDir();
    writeFileSync(join(folder, 'audit-export.json'), '');
    const words = async (...words: string[]) => offered(shell, file, words, folder);
    expect(await words('audit', 'verify', '')).toEqual(['audit-export.json']);
    expect(await words('audit', 'verify', 'audit-export.json', '--key', '')).toEqual(['audit-export.json']);
  });
});

describe('openclaw completion bash', () => {
  it('completes --option=value, which bash takes apart', async () => {
    const file = await script('bash');
    expect(await offered('bash', file, ['audit', 'list', '--outcome', '=', 'den'])).toEqual(['denied']);
    expect(await offered('bash', file, ['audit', 'export', '--format', '='])).toEqual(['json', 'csv']);
  });

  it('is what bash itself uses for openclaw', async () => {
    const file = await script('bash');
    const { stdout } = await run('bash', ['--norc', '-c', 'source "$1"; complete -p openclaw', 'ask', file]);
    expect(stdout).toBe('complete -F _openclaw openclaw\n');
  });
});

describe('openclaw completion', () => {
  it('of a shell that it does not know is a usage error', async () => {
    const ended = await openclaw(['completion', 'csh'], { configDir: newConfigDir() });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('bash, zsh, fish');
  });
});
