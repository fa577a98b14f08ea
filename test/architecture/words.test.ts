import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders =
  /^(activities|cli|connectors|deploy|domain|gateway|governance|models|platform|policies|sandbox|stores|transparency|web(?!\/dist)|workers|workflows)\//;

interface Word {
  forms: readonly string[];
  home: string | undefined;
  /** Folders and files, or single names; empty = anywhere. */
  places: readonly string[];
}

interface Name {
  file: string;
  name: string;
}

let words: Word[];
let sources: ReadonlyMap<string, string>;
let names: Name[];

beforeAll(async () => {
  words = glossaryIn(await readFile(join(root, 'ARCHITECTURE.md'), 'utf8'));
  const files = (await readdir(root, { recursive: true })).filter(
    (file) => folders.test(file) && /\.tsx?$/.test(file) && !file.includes('node_modules'),
  );
  sources = new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), 'utf8')] as const)),
  );
  names = [...sources].flatMap(([file, text]) =>
    [basename(file).replace(/\.\w+$/, ''), ...exportedNames(text)].map((name) => ({ file, name })),
  );
});

function glossaryIn(page: string): Word[] {
  const [section = ''] = (page.split(/^## Words$/m)[1] ?? '').split(/^## /m);
  return [...section.matchAll(/^\| (?!word )([^|]+) \| [^|]+ \| ([^|]*) ?\| ?([^|]*) ?\|$/gm)].map(
    ([, forms = '', home = '', places = '']) => ({
      forms: forms.split(',').map((form) => form.trim()),
      home: /\]\(([^)]+)\)/.exec(home)?.[1],
      places: [...places.matchAll(/`([^`]+)`/g)].map(([, place = '']) => place),
    }),
  );
}

/** What a file exports, and the members of its exported interfaces. */
function exportedNames(text: string): string[] {
  const exported = [
    ...text.matchAll(/^export (?:async )?(?:function\*?|const|let|type|interface|class) (\w+)/gm),
  ].map(([, name = '']) => name);
  const members = [...text.matchAll(/^(?:export )?interface [^{]*\{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, body = '']) => [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map(([, name = '']) => name),
  );
  return [...exported, ...members];
}

/** `createPolicyCache`, `policy-cache`, `policy_cache`: the words in a name. */
function wordsIn(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
}

/** Names in which a word of the glossary stands outside of its places. */
function secondMeanings(glossary: readonly Word[], of: readonly Name[]): string[] {
  return of.flatMap(({ file, name }) => {
    const used = new Set(wordsIn(name));
    return glossary
      .filter(({ places }) => places.length > 0)
      .filter(({ forms }) => forms.some((form) => used.has(form)))
      .filter(({ places }) => !places.some((place) => file.startsWith(place) || name === place))
      .map(({ forms: [word] }) => `${file}: ${name} (${word})`);
  });
}

describe('the glossary', () => {
  it('has an existing home for each word, and words in order, each once', () => {
    const forms = words.flatMap((word) => word.forms);
    expect(words.length).toBeGreaterThan(20);
    expect(new Set(forms).size).toBe(forms.length);
    const first = words.map((word) => word.forms[0]);
    expect(first).toEqual(first.toSorted());
    expect(words.flatMap(({ home }) => home ?? []).filter((home) => !existsSync(join(root, home)))).toEqual(
      [],
    );
  });

  it('names only places in which the word occurs', () => {
    const idle = words.flatMap(({ forms, places }) =>
      places
        .filter((place) => place !== 'nowhere')
        .filter(
          (place) =>
            !names.some(
              ({ file, name }) =>
                (file.startsWith(place) || name === place) &&
                wordsIn(name).some((word) => forms.includes(word)),
            ),
        )
        .map((place) => `${forms[0]}: ${place}`),
    );
    expect(idle).toEqual([]);
  });
});

describe('file names and exported names', () => {
  it('use the words of the glossary in their one meaning', () => {
    expect(sources.size).toBeGreaterThan(600);
    expect(names.length).toBeGreaterThan(2_500);
    expect(secondMeanings(words, names)).toEqual([]);
  });

  it('are refused in a second meaning', () => {
    const planted = [
      { file: 'governance/policy/cache.ts', name: 'heldPolicies' },
      { file: 'governance/model/route.ts', name: 'leaveToCall' },
      { file: 'platform/secrets/settled-file.ts', name: 'settled-file' },
    ];
    expect(secondMeanings(words, planted)).toEqual([
      'governance/policy/cache.ts: heldPolicies (hold)',
      'governance/model/route.ts: leaveToCall (leave)',
      'platform/secrets/settled-file.ts: settled-file (settle)',
    ]);
    expect(secondMeanings(words, [{ file: 'stores/person/legal-holds.ts', name: 'HeldPerson' }])).toEqual([]);
    expect(exportedNames('export interface Parts {\n  heldPolicies: Held;\n}\n')).toEqual([
      'Parts',
      'heldPolicies',
    ]);
  });
});

/** Where `now` is something other than a function that returns a Date. */
function otherNows(text: string): string[] {
  const code = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(?<!:)\/\/.*$/gm, '')
    .replaceAll(/`[^`]*`/g, '``')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");
  const declared = [...code.matchAll(/(?<![\w.])now(\??:|\(\):| =) *([^\n]*)/g)];
  return declared
    .filter(
      ([, , value = '']) =>
        !/^(\(\) => (Date\b|new Date\()|Date;|options\.now\b|\(\(\) => Date\))/.test(value),
    )
    .map(([whole]) => whole);
}

describe('`now`', () => {
  // The ledger's functions answer with a field of this name (platform/database/migrations/audit).
  const ofTheDatabase = ['stores/audit/ledger.ts: now: string;'];

  it('is a function that returns a Date, wherever it is declared', () => {
    const found = [...sources].flatMap(([file, text]) => otherNows(text).map((line) => `${file}: ${line}`));
    expect(found).toEqual(ofTheDatabase);
    expect([...sources.values()].filter((text) => /\bnow: \(\) => Date\b/.test(text)).length).toBeGreaterThan(
      20,
    );
  });

  it('is refused as a number, a Date or a text', () => {
    const planted = [
      'now: () => number;',
      'const now = performance.now();',
      '(at: string, now: Date) {',
      'now?: string;',
    ];
    expect(planted.filter((line) => otherNows(line).length === 0)).toEqual([]);
    expect(otherNows('  now: () => Date;\n  now(): Date;\n const now = () => new Date();')).toEqual([]);
  });
});
