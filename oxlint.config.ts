import { defineConfig, type OxlintOverride } from 'oxlint';
import { importTable, type Row, refusals, rootFiles, vendorPackages } from './import-table.ts';

/** How many folders there may be inside each other, the top one included; test/architecture holds to it. */
const deepest = 8;

interface Pattern {
  regex: string;
  message: string;
  allowTypeImports?: boolean;
}

interface Place {
  top: string;
  row: Row;
  /** The top folder, or one inside it with rules of its own. */
  path: string;
  /** The connector whose vendor is welcome here. */
  connector?: string;
}

const withTypes = Object.entries(importTable).flatMap(([top, { types }]) =>
  types === undefined ? [] : [top],
);
const connectors = [...new Set(vendorPackages.values())];

/** Where the folders of single connectors lie. */
const homes: Readonly<Record<string, string>> = { connectors: 'connectors', sandbox: 'sandbox/stand-ins' };

const places: Place[] = [
  ...Object.entries(importTable).map(([top, row]) => ({ top, row, path: top })),
  ...connectors.flatMap((connector) =>
    Object.entries(importTable)
      .filter(([top]) => top in homes)
      .map(([top, row]) => ({ top, row, path: `${homes[top]}/${connector}`, connector })),
  ),
];

/** What holds in a place, by how deep a file lies in it. Of several overrides for a file the last holds alone. */
function overridesOf({ top, row, path, connector }: Place): OxlintOverride[] {
  const across = ({ packages }: Row): Pattern[] => [
    {
      regex: `^#${allBut([top, ...row.may, ...(row.types ?? [])].map((folder) => `${folder}/`))}`,
      message: `${top} imports no such folder (import-table.ts).`,
    },
    ...(row.types ?? []).map((folder) => ({
      regex: `^#${folder}/`,
      message: `${top} imports types of ${folder}, no values.`,
      allowTypeImports: true,
    })),
    ...(packages === undefined
      ? []
      : [
          {
            regex: `^${allBut(['#', '.', ...packages.map((name) => `${name}$`)])}`,
            message: `${top} imports no such package (import-table.ts).`,
          },
        ]),
    ...refusals
      .filter((refusal) => refusal.in.includes(top))
      .map(({ from, why }) => ({ regex: from, message: `${why}.` })),
    ...[...vendorPackages]
      .filter(([, owner]) => owner !== connector)
      .map(([name, owner]) => ({
        regex: `^${escaped(name)}(/|$)`,
        message: `${name} belongs to connectors/${owner}.`,
      })),
  ];
  const depths = Array.from({ length: deepest - path.split('/').length + 1 }, (_, inside) => inside);
  return depths.flatMap((inside) => {
    const folder = `${path}/${'*/'.repeat(inside)}`;
    const upAndOut = {
      regex: `^(\\.\\./){${folder.split('/').length - 1}}${allBut(rootFiles.map((name) => `${name}$`))}`,
      message: `a relative path stays in ${top}: across folders #folder/….`,
    };
    const override = (files: string, patterns: Pattern[]): OxlintOverride => ({
      files: [files],
      rules: { 'no-restricted-imports': ['error', { patterns: [...patterns, upAndOut] }] },
    });
    const { schemaPackages } = row;
    return [
      override(`${folder}*.{ts,tsx}`, across(row)),
      ...(schemaPackages === undefined
        ? []
        : [override(`${folder}*.schema.ts`, across({ ...row, packages: schemaPackages }))]),
    ];
  });
}

/**
 * A regular expression for what begins with none of these; a `$` stands for the end. Rust's know no look-ahead, which would
 * say it shorter.
 */
function allBut(starts: readonly string[]): string {
  if (starts.includes('')) return '[^\\s\\S]';
  const letters = [...new Set(starts.map((start) => start.charAt(0)))].filter((letter) => letter !== '$');
  const others = letters.length === 0 ? '[\\s\\S]' : `[^${letters.map(escaped).join('')}]`;
  const further = letters.map((letter) => {
    const rests = starts.filter((start) => start.startsWith(letter)).map((start) => start.slice(1));
    return `${escaped(letter)}${allBut(rests)}`;
  });
  return `(?:${[...(starts.includes('$') ? [] : ['$']), others, ...further].join('|')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w]/g, '\\$&');
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'off',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'no-console': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    eqeqeq: 'error',
    'no-shadow': 'off',
    'unicorn/no-array-sort': 'off',
    'no-underscore-dangle': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-await-in-loop': 'off',
    'import/no-unassigned-import': 'off',
    'require-await': 'off',
    'typescript/require-await': 'off',
    'vitest/require-mock-type-parameters': 'off',
    'promise/always-return': 'off',
    'no-unmodified-loop-condition': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-named-as-default': 'off',
    'typescript/unbound-method': 'off',
    'typescript/consistent-return': 'off',
    'vitest/require-to-throw-message': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/valid-describe-callback': 'off',
    'vitest/expect-expect': 'off',
    'typescript/no-unsafe-enum-comparison': 'off',
    'typescript/no-unsafe-enum-assignment': 'off',
  },
  ignorePatterns: ['web/dist', 'test/replay/histories', 'node_modules'],
  overrides: [
    ...places.flatMap(overridesOf),
    {
      // `import { type X }` leaves an import without names behind.
      files: withTypes.map((top) => `${top}/**/*.ts`),
      rules: { 'typescript/no-import-type-side-effects': 'error' },
    },
    {
      files: ['test/**/*.ts'],
      rules: {
        'typescript/require-array-sort-compare': 'off',
        'typescript/no-unsafe-type-assertion': 'off',
        'typescript/no-misused-spread': 'off',
      },
    },
    {
      files: [
        'sandbox/**/*.ts',
        'deploy/**/*.ts',
        'cli/**/*.ts',
        'policies/build.ts',
        'test/bench/**/*.ts',
        'platform/database/migrate.ts',
      ],
      rules: { 'no-console': 'off' },
    },
  ],
});
