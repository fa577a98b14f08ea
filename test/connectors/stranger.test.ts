import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tablesOfConnectors } from '#connectors/docs/tables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A connector that does not exist, as somebody would write it who reads CONTRIBUTING.md; `.txt`, so that it is no part of ours. */
const written = join(root, 'test/connectors/stranger');

/** Tests of ours that have to do with every connector, and those that the stranger brings. */
const tests = [
  'test/connectors/notewall/contract.test.ts',
  'test/connectors/registry.test.ts',
  'test/connectors/places.test.ts',
  'test/connectors/docs.test.ts',
  'test/docs/configuration.test.ts',
  'test/docs/audit-events.test.ts',
  'test/sandbox/ports.test.ts',
  'test/sandbox/stack-environment.test.ts',
];

let copy: string;
/** What the stranger has touched, before anything is generated. */
let touched: readonly string[];

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'openclaw-stranger-'));
  cpSync(root, copy, { recursive: true, filter: (path) => isCopied(path.slice(root.length)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const path of filesOf(written)) {
    const text = readFileSync(join(written, path), 'utf8');
    const file = path.replace(/(\.line)?\.txt$/, '');
    if (path.endsWith('.line.txt')) put(file, withLine(readFileSync(join(copy, file), 'utf8'), text));
    else if (file !== 'proof.test.ts') put(file, text);
  }
  touched = changed();
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('a stranger who adds a connector as CONTRIBUTING.md says', () => {
  it('touches the five places that stand there, and none beside them', () => {
    const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const section = guide.split('\n## ').find((one) => one.startsWith('A connector\n')) ?? '';
    const places = [...section.matchAll(/^\d\. `([^`]+)`/gm)].map(([, place = '']) =>
      place.replace('<name>', 'notewall'),
    );
    expect(places.length).toBe(5);
    const placeOf = (file: string) => places.find((place) => file.startsWith(place)) ?? file;
    expect(touched.length).toBeGreaterThan(6);
    expect([...new Set(touched.map(placeOf))].toSorted()).toEqual(places.toSorted());
    const lines = filesOf(written).filter((path) => path.endsWith('.line.txt'));
    expect(lines).toHaveLength(2);
    for (const path of lines) expect(readFileSync(join(written, path), 'utf8').split('\n')).toHaveLength(2);
  });

  it('has types, lint and format in order, and everything that holds for connectors holds for this one', async () => {
    await run('node', 'connectors/docs/write.ts');
    const generated = changed().filter((file) => !touched.includes(file));
    expect(generated.toSorted()).toEqual(
      tablesOfConnectors()
        .map(({ page }) => page)
        .toSorted(),
    );

    const proof = 'test/connectors/notewall/proof.test.ts';
    put(proof, readFileSync(join(written, 'proof.test.ts.txt'), 'utf8'));
    const code = [...touched, proof];
    put('only.tsconfig.json', JSON.stringify({ extends: './tsconfig.json', files: code, include: [] }));
    put(
      'only.vitest.config.ts',
      'export default { test: { pool: "forks", maxWorkers: 1, isolate: false, testTimeout: 180_000 } };',
    );
    await run('tsc', '--noEmit', '-p', 'only.tsconfig.json');
    await run('oxlint', ...code);
    await run('biome', 'ci', '--colors=off', '--vcs-enabled=false', ...code);
    await run('vitest', 'run', '--config', 'only.vitest.config.ts', ...tests, proof);
  });
});

function isCopied(path: string): boolean {
  return !/^\/?(node_modules|\.git|web\/dist|test\/(replay\/histories|connectors\/stranger))(\/|$)/.test(
    path,
  );
}

/** At the end, or where the list ends. */
function withLine(text: string, line: string): string {
  const end = text.indexOf('} as const');
  return end < 0 ? text + line : text.slice(0, end) + line + text.slice(end);
}

function put(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
}

/** Files, of any depth, by their path within the folder. */
function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return filesOf(join(folder, entry.name)).map((path) => join(entry.name, path));
  });
}

/** What differs in the copy from what was copied. */
function changed(): string[] {
  const folders = readdirSync(copy, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = folders.flatMap(({ name }) => filesOf(join(copy, name)).map((path) => join(name, path)));
  return files.filter((file) => {
    const before = join(root, file);
    return !existsSync(before) || !readFileSync(before).equals(readFileSync(join(copy, file)));
  });
}

/** A program of the project's in the copy; throws with what it printed. */
async function run(program: string, ...args: readonly string[]): Promise<void> {
  const script = program === 'node' ? [] : [join(copy, 'node_modules/.bin', program)];
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1' };
  await promisify(execFile)(process.execPath, [...script, ...args], { cwd: copy, env }).catch(
    ({ stdout, stderr }: { stdout?: string; stderr?: string }) => {
      throw new Error(`${program} ${args.join(' ')}\n${stdout ?? ''}\n${stderr ?? ''}`);
    },
  );
}
