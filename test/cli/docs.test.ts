import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createContext } from '#cli/context.ts';
import { exitCodes } from '#cli/exit-codes.ts';
import { createProgram } from '#cli/program.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const program = createProgram(createContext({ env: {}, json: false, exit: () => {} }));

/** Full usage of each command that does something: `openclaw requests show <id>`. */
function usages(command: Command, path: string): string[] {
  if (command.commands.length > 0)
    return command.commands.flatMap((one) => usages(one, `${path} ${one.name()}`));
  const words = command.registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? '...' : ''}`;
    return one.required ? `<${name}>` : `[${name}]`;
  });
  return [[path, ...words].join(' ')];
}

function rows(pattern: RegExp): string[][] {
  return [...docs.matchAll(pattern)].map((match) => match.slice(1));
}

describe('docs/cli.md', () => {
  it('lists the commands there are, and no others', () => {
    const written = rows(/^\| `(openclaw [^`]+)` +\|/gm).flat();
    expect(written.length).toBeGreaterThan(10);
    expect(written.toSorted()).toEqual(usages(program, 'openclaw').toSorted());
  });

  it('lists the exit codes there are, in their words', () => {
    expect(rows(/^\| (\d+) +\| (.+?) +\|$/gm)).toEqual(
      Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning]),
    );
  });

  it('names the variables that the code reads', () => {
    const written = rows(/^\| `(OPENCLAW_\w+)` +\|/gm).flat();
    const sources = ['context.ts', 'config-file.ts', 'settings.ts'].map((file) =>
      readFileSync(new URL(`../../cli/${file}`, import.meta.url), 'utf8'),
    );
    expect(new Set(sources.join('').match(/OPENCLAW_[A-Z_]+/g))).toEqual(new Set(written));
  });
});

describe('docs/cli.md on proxies', () => {
  it('names the variables that the code reads', () => {
    const written = rows(/^\| `(\w+_PROXY)` +\|/gm).flat();
    const source = readFileSync(new URL('../../cli/proxy-for.ts', import.meta.url), 'utf8');
    const read = [...source.matchAll(/'([A-Z]+_PROXY)'/g)].map(([, name]) => name);
    expect(new Set(written)).toEqual(new Set(read));
    expect(read.length).toBeGreaterThan(2);
  });
});

describe('openclaw --help', () => {
  it('lists the exit codes', async () => {
    const { code, stdout } = await openclaw(['--help'], { configDir: newConfigDir() });
    expect(code).toBe(0);
    for (const exit of Object.values(exitCodes)) {
      expect(stdout).toContain(`  ${String(exit.code).padEnd(4)} ${exit.meaning}`);
    }
  });

  it('describes every command, argument and option', () => {
    const bare = (command: Command): string[] => [
      ...(command.description() === '' ? [command.name()] : []),
      ...command.options.filter(({ description }) => description === '').map(({ flags }) => flags),
      ...command.commands.flatMap(bare),
    ];
    expect(bare(program).filter((name) => name !== 'openclaw')).toEqual([]);
  });
});

describe('openclaw --version', () => {
  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const ended = await openclaw(['--version'], { configDir: newConfigDir() });
    expect(ended).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('tells an old Node what to do', async () => {
    const old = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})';
    const ended = await openclaw(['--version'], {
      configDir: newConfigDir(),
      env: { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(old)}"` },
    });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('needs Node 22.12 or later; this is Node 20.20.2');
    expect(ended.stderr).toContain('npx openclaw');
  });
});
