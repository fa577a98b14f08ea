import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleWorkflows } from '#workers/bundle-workflows.ts';

/** The table of architecture §3, with stores/ beside it (ADR 0001): who may import whom. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  platform: ['domain'],
  transparency: ['domain', 'platform'],
  models: ['domain', 'platform'],
  stores: ['domain', 'platform', 'transparency'],
  governance: ['domain', 'platform', 'transparency', 'stores', 'policies'],
  policies: [],
  connectors: ['domain', 'platform'],
  activities: [
    'domain',
    'platform',
    'transparency',
    'models',
    'stores',
    'governance',
    'connectors',
    'workflows',
  ],
  workflows: ['domain', 'activities'],
  workers: [
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
  gateway: [
    'domain',
    'platform',
    'transparency',
    'models',
    'stores',
    'governance',
    'connectors',
    'workflows',
  ],
  sandbox: ['domain', 'platform', 'transparency', 'stores', 'governance', 'connectors', 'web', 'cli'],
  deploy: ['domain', 'platform', 'stores', 'governance'],
  cli: ['domain', 'transparency'],
  web: ['domain'],
};

const root = fileURLToPath(new URL('..', import.meta.url));
const importPattern =
  /^(import|export)\s(?<what>[\s\S]*?)\sfrom\s'(?<from>[^']+)';|^import\s'(?<bare>[^']+)';/gm;

interface Import {
  file: string;
  folder: string;
  from: string;
  typeOnly: boolean;
}

const topOf = (path: string) => path.split('/')[0] ?? '';

let files: string[];
let imports: Import[];

beforeAll(async () => {
  const entries = await readdir(root, { recursive: true });
  files = entries.filter(
    (path) => /^(?!node_modules|\.|web\/dist).*\.tsx?$/.test(path) && topOf(path) in mayImport,
  );
  imports = (await Promise.all(files.map(importsOf))).flat();
});

async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(join(root, file), 'utf8');
  return [...text.matchAll(importPattern)].map(({ groups }) => ({
    file,
    folder: topOf(file),
    from: groups?.['from'] ?? groups?.['bare'] ?? '',
    typeOnly: groups?.['what']?.startsWith('type ') ?? false,
  }));
}

/** `#governance/decide.ts` → governance; anything else isn't across folders. */
const folderOf = (from: string) => /^#([a-z-]+)\//.exec(from)?.[1];

const offending = (rule: (line: Import) => boolean) =>
  imports.filter(rule).map(({ file, from }) => `${file} imports ${from}`);

describe('the import rules', () => {
  it('look at every folder and at hundreds of imports', () => {
    expect(new Set(files.map(topOf))).toEqual(new Set(Object.keys(mayImport)));
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.filter(({ from }) => from.startsWith('#')).length).toBeGreaterThan(200);
  });

  it('hold between folders', () => {
    expect(
      offending(({ folder, from }) => {
        const to = folderOf(from);
        return to !== undefined && to !== folder && !mayImport[folder]?.includes(to);
      }),
    ).toEqual([]);
  });

  it('allow relative paths inside one folder only', () => {
    expect(
      offending(({ file, folder, from }) => {
        if (!from.startsWith('.')) return false;
        return !join(file, '..', from).startsWith(`${folder}/`);
      }),
    ).toEqual([]);
  });

  it('keep domain pure: nothing but zod, and that in schema files only', () => {
    expect(
      offending(({ folder, file, from }) => {
        if (folder !== 'domain' || from.startsWith('.') || from.startsWith('#domain/')) return false;
        return !(from === 'zod' && file.endsWith('.schema.ts'));
      }),
    ).toEqual([]);
  });

  it('keep workflows deterministic: domain rules by value, activities as types, no machine', () => {
    expect(
      offending(({ folder, from, typeOnly }) => {
        if (folder !== 'workflows' || from.startsWith('.')) return false;
        if (from.startsWith('#domain/')) return from.endsWith('.schema.ts');
        if (from.startsWith('#activities/')) return !typeOnly;
        return !['@temporalio/workflow', '@temporalio/common'].includes(from);
      }),
    ).toEqual([]);
  });

  it('let the gateway and activities see messages of workflows, never their code', () => {
    expect(
      offending(
        ({ folder, from }) =>
          ['gateway', 'activities'].includes(folder) &&
          from.startsWith('#workflows/') &&
          !from.startsWith('#workflows/messages/'),
      ),
    ).toEqual([]);
  });

  it('keep vendors in their own folders', () => {
    const vendor = /^(@octokit\/|googleapis|jira\.js)/;
    expect(
      offending(
        ({ file, from }) => vendor.test(from) && !/^(connectors\/[a-z]+|sandbox\/[a-z]+)\//.test(file),
      ),
    ).toEqual([]);
    expect(
      offending(({ folder, from }) => folder !== 'connectors' && /^#connectors\/[a-z]+\//.test(from)),
    ).toEqual([]);
  });

  it('let nobody but perform mint a permit', async () => {
    const minting: string[] = [];
    for (const file of files) {
      if ((await readFile(join(root, file), 'utf8')).includes('mintPermit')) minting.push(file);
    }
    expect(minting.toSorted()).toEqual(['domain/action/permit.ts', 'governance/perform/perform.ts']);
  });
});

describe('the workflow bundle', () => {
  it('holds no zod, no node module, and both workflows', async () => {
    const { code } = await bundleWorkflows(new DefaultLogger('ERROR'));
    expect(code).toContain('./workflows/request.ts');
    expect(code).toContain('./workflows/approval.ts');
    expect(code).not.toMatch(/node_modules\/zod\//);
    expect(code).not.toMatch(/\.schema\.ts/);
  });
});
