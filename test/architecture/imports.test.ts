import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importTable, vendorPackages } from '../../import-table.ts';
import { brokenRule, importsOf, sourceFiles, textOf, topOf } from '../support/imports.ts';

const architecture = join(import.meta.dirname, '../../ARCHITECTURE.md');
const imports = sourceFiles.flatMap((file) => importsOf(file, textOf(file)));
const broken = imports.flatMap((line) => {
  const rule = brokenRule(line);
  return rule === undefined ? [] : [{ ...line, rule, says: `${line.file} imports ${line.from}: ${rule}` }];
});

const offending = (which: (line: (typeof broken)[number]) => boolean) =>
  broken.filter(which).map(({ says }) => says);

describe('the import rules', () => {
  it('look at every folder and at hundreds of imports', () => {
    expect(new Set(sourceFiles.map(topOf))).toEqual(new Set(Object.keys(importTable)));
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.filter(({ from }) => from.startsWith('#')).length).toBeGreaterThan(200);
  });

  it('hold between folders', () => {
    expect(offending(({ from }) => from.startsWith('#'))).toEqual([]);
  });

  it('allow relative paths inside one folder only', () => {
    expect(offending(({ from }) => from.startsWith('.'))).toEqual([]);
  });

  it('keep domain pure: nothing but zod, and that in schema files only', () => {
    expect(importTable['domain']).toEqual({ may: [], packages: [], schemaPackages: ['zod'] });
    expect(offending(({ file }) => topOf(file) === 'domain')).toEqual([]);
  });

  it('keep workflows deterministic: domain rules by value, activities as types, no machine', () => {
    expect(importTable['workflows']).toEqual({
      may: ['domain'],
      types: ['activities'],
      packages: ['@temporalio/workflow', '@temporalio/common'],
    });
    expect(offending(({ file }) => topOf(file) === 'workflows')).toEqual([]);
  });

  it('let the gateway and activities see messages of workflows, never their code', () => {
    const seen = imports.filter(
      ({ file, from }) => ['gateway', 'activities'].includes(topOf(file)) && from.startsWith('#workflows/'),
    );
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.filter(({ from }) => !from.startsWith('#workflows/messages/'))).toEqual([]);
  });

  it('keep vendors in their own folders', () => {
    expect([...vendorPackages]).toContainEqual(['@octokit/rest', 'github']);
    expect(offending(({ from }) => !/^[.#]/.test(from))).toEqual([]);
    const inside = imports.filter(({ from }) => /^#connectors\/[^/]+\//.test(from));
    expect(inside.filter(({ file }) => topOf(file) !== 'connectors')).toEqual([]);
  });

  it('let nobody but perform mint a permit', () => {
    const minting = sourceFiles.filter((file) => textOf(file).includes('mintPermit'));
    expect(minting.toSorted()).toEqual(['domain/action/permit.ts', 'governance/perform/perform.ts']);
  });

  it('stand in ARCHITECTURE.md as they are in import-table.ts', () => {
    const written = [...readFileSync(architecture, 'utf8').matchAll(/^\| `(\w+)\/` \|.*\| ([^|]*) \|$/gm)];
    const stated = Object.entries(importTable).map(([top, { may, types = [] }]) => {
      const list = [...may, ...types.map((folder) => `types of ${folder}`)].join(', ');
      return [top, list === '' ? 'nothing' : list];
    });
    expect(Object.fromEntries(written.map(([, top, list]) => [top, list]))).toEqual({
      ...Object.fromEntries(stated),
      test: 'all of them',
    });
  });

  it('break nowhere', () => {
    expect(offending(() => true)).toEqual([]);
  });
});
