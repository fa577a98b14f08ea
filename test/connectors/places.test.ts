import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { connectors } from '#connectors/registry.ts';
import { vendorPackages } from '../../import-table.ts';
import { type Name, namesIn, saysOne } from './names-in.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where a connector is at home. Its tests are another place; the other tests take one connector for their example. */
const placesOf = (name: string) => [
  `connectors/${name}/`,
  `sandbox/stand-ins/${name}/`,
  'connectors/registered.ts',
  'domain/audit/connector-events.ts',
];

/** Where else a vendor's name may stand: in these files, in these texts. */
const exceptions: readonly { file: RegExp; text: RegExp; why: string }[] = [
  { file: /^sandbox\/demo(\/|\.ts$)/, text: /^/, why: 'the demo tells one story, at one provider' },
  { file: /^domain\/status\//, text: /^connector-/, why: 'names of capabilities, built or not' },
  {
    file: /^(policies\/build|sandbox\/tools\/opa)\.ts$/,
    text: /open-policy-agent/,
    why: "where Go finds OPA's source",
  },
  {
    file: /^domain\/classification\/classify-secrets\.ts$/,
    text: /_pat_/,
    why: 'shapes of credentials, whosever they are',
  },
  { file: /^/, text: /\bfor example\b/, why: 'an example, in words for people' },
];

interface Found extends Name {
  file: string;
}

const all: readonly Found[] = sourceFiles().flatMap((file) =>
  namesIn(file, readFileSync(join(root, file), 'utf8')).map((name) => ({ file, ...name })),
);

/** Names of its own and of the packages that are its vendor's: `@octokit/rest` is of `octokit`. */
function namesOf(connector: string): readonly string[] {
  const packages = [...vendorPackages].filter(([, owner]) => owner === connector);
  return [connector, ...packages.map(([name]) => /^@?([a-z0-9]+)/i.exec(name)?.[1] ?? name)];
}

const vendors = connectors.map(({ name }) => ({ name, names: namesOf(name) }));

const outside = vendors.flatMap(({ name, names }) =>
  all.filter(
    ({ file, text }) => saysOne(text, names) && !placesOf(name).some((place) => file.startsWith(place)),
  ),
);

const isExcepted = (found: Found) => (one: (typeof exceptions)[number]) =>
  one.file.test(found.file) && one.text.test(found.text);

describe('what names a vendor', () => {
  it('is looked for in all that programs say, and in no comment', () => {
    expect(new Set(all.map(({ file }) => file)).size).toBeGreaterThan(500);
    for (const { name, names } of vendors) {
      const inside = all.filter(({ file }) => file.startsWith(`connectors/${name}/`));
      expect(inside.filter(({ text }) => saysOne(text, names)).length).toBeGreaterThan(3);
    }
    expect(vendors).toContainEqual({ name: 'github', names: ['github', 'octokit'] });
    const source = [
      '// tiny in a comment',
      "import { tinyOne } from '#connectors/tiny-two.ts';",
      'const said = { tinyThree: `${tinyOne} tiny four` }; /* tiny */',
      'type Six = "tiny five" | TinySix; const seven = /tiny seven/;',
      'const eight = <p title="tiny eight">tiny nine {said.tinyTen}</p>;',
    ].join('\n');
    const told = namesIn('x.tsx', source).flatMap(({ text }) =>
      saysOne(text, ['tiny']) ? [text.trim()] : [],
    );
    expect(new Set(told)).toEqual(
      new Set([
        'tinyOne',
        '#connectors/tiny-two.ts',
        'tinyThree',
        'tiny four',
        'tiny five',
        'TinySix',
        'tiny seven',
        'tiny eight',
        'tiny nine',
        'tinyTen',
      ]),
    );
  });

  it.each([
    'createGithubClient',
    'GitHub',
    'GITHUB_API_URL',
    'https://api.github.com',
    'atGitHub',
    'githubs',
  ])('is seen in %j', (text) => expect(saysOne(text, ['github'])).toBe(true));

  it.each(['git hub', 'digitHubs', 'begithub'])('is not seen in %j', (text) => {
    expect(saysOne(text, ['github'])).toBe(false);
  });

  it('stands in the places of its connector alone, but for the exceptions', () => {
    const wrong = outside.filter((found) => !exceptions.some(isExcepted(found)));
    expect(wrong.map(({ file, at, text }) => `${file}, at ${at}: ${text}`)).toEqual([]);
  });

  it.each(exceptions)('is excepted where it still stands: $why', (exception) => {
    expect(outside.some((found) => isExcepted(found)(exception))).toBe(true);
  });
});

/** All that is ours but tests, and of those what every connector goes through. */
function sourceFiles(): string[] {
  const isCode = /\.(ts|tsx|js)$/;
  const notOurs = /^(node_modules|test|\.)/;
  const files = readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !notOurs.test(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' }).map((path) =>
            join(entry.name, path),
          )
        : [entry.name],
    );
  return [
    ...files.filter((path) => isCode.test(path) && !path.startsWith('web/dist/')),
    'test/connectors/contract-suite.ts',
    'test/connectors/start-stand-in.ts',
  ];
}
