import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Who may import whom. The lint (oxlint.config.ts) and test/architecture read this and nothing else; the table in
// ARCHITECTURE.md is compared with it.

export interface Row {
  /** Other folders, or folders inside them. */
  may: readonly string[];
  /** Folders of which it may import types and no values. */
  types?: readonly string[];
  /** Packages, Node's own modules among them; any where nothing is said. */
  packages?: readonly string[];
  /** The same in its `*.schema.ts`. */
  schemaPackages?: readonly string[];
}

/** Every folder but test/, which may import all of them and is imported by none. */
export const importTable: Readonly<Record<string, Row>> = {
  domain: { may: [], packages: [], schemaPackages: ['zod'] },
  platform: { may: ['domain'] },
  transparency: { may: ['domain', 'platform'] },
  stores: { may: ['domain', 'platform', 'transparency'] },
  governance: { may: ['domain', 'platform', 'transparency', 'stores', 'policies'] },
  models: { may: ['domain', 'platform'] },
  policies: { may: ['platform'] },
  connectors: { may: ['domain', 'platform'] },
  activities: {
    may: [
      'domain',
      'platform',
      'transparency',
      'models',
      'stores',
      'governance',
      'connectors',
      'workflows/messages',
    ],
  },
  workflows: {
    may: ['domain'],
    types: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  workers: {
    may: [
      'domain',
      'platform',
      'transparency',
      'models',
      'stores',
      'governance',
      'connectors',
      'activities',
      'workflows',
    ],
  },
  gateway: {
    may: [
      'domain',
      'platform',
      'transparency',
      'models',
      'stores',
      'governance',
      'connectors',
      'workflows/messages',
    ],
  },
  cli: { may: ['domain', 'transparency'] },
  web: { may: ['domain'] },
  sandbox: {
    may: ['domain', 'platform', 'transparency', 'stores', 'governance', 'connectors', 'web', 'cli'],
  },
  deploy: { may: ['domain', 'platform', 'stores', 'governance'] },
};

export interface Refusal {
  /** The folders that it is about. */
  in: readonly string[];
  /** What is refused, as it stands after `from`: a regular expression that JavaScript and Rust read alike. */
  from: string;
  why: string;
}

const folders = Object.keys(importTable);

/** What the table can't say. */
export const refusals: readonly Refusal[] = [
  {
    in: folders.filter((folder) => folder !== 'connectors'),
    from: '^#connectors/[^/]+/',
    why: 'a connector is reached through the registry',
  },
  { in: ['workflows'], from: '\\.schema\\.ts$', why: 'zod costs 870 KB per cached workflow' },
  { in: ['cli', 'web'], from: '^@temporalio/', why: 'a client knows the public API alone' },
  { in: folders, from: '^\\./\\.\\./|/\\./|[^./]/\\.\\./', why: 'a path goes up first, then down' },
];

/** What lies beside the folders and may be imported by its relative path. */
export const rootFiles: readonly string[] = ['package.json'];

/** What a connector may import as others do; any other package is its vendor's, for its own folder and that of its stand-in. */
const sharedPackages = ['zod'];

/** Vendors' packages by the connector that imports them. */
export const vendorPackages: ReadonlyMap<string, string> = new Map(
  globSync('connectors/*/**/*.ts', { cwd: import.meta.dirname }).flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    return [...text.matchAll(/ from '((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^']*)?';/g)]
      .map(([, name = '']) => name)
      .filter((name) => /^[@\w]/.test(name) && !sharedPackages.includes(name))
      .map((name): [string, string] => [name, file.split(/[\\/]/)[1] ?? '']);
  }),
);
