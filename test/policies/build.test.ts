import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { governedDomains } from '#domain/policy/rules.ts';
import {
  compile,
  entrypoints,
  type Manifest,
  opaVersion,
  regoFiles,
  runOpa,
  sha256,
  sourceHashes,
} from '#policies/build.ts';
import { needing } from '../support/needing.ts';

const wasm = readFileSync(new URL('../../policies/policies.wasm', import.meta.url));
const manifest: Manifest = JSON.parse(
  readFileSync(new URL('../../policies/policies.manifest.json', import.meta.url), 'utf8'),
);

describe('the compiled policies', () => {
  it('belong to the .rego files as they stand (else: npm run policies)', () => {
    expect(regoFiles().length).toBeGreaterThan(0);
    expect(manifest.sources).toEqual(sourceHashes());
  });

  it('are the file that the manifest names', () => {
    expect(manifest.wasm).toBe(sha256(wasm));
    expect(manifest.opa).toBe(opaVersion);
  });

  it('have one entry point for each governed domain', () => {
    expect(manifest.entrypoints).toEqual(entrypoints);
    expect(entrypoints).toEqual(governedDomains.map((domain) => `openclaw/enterprise/${domain}/decision`));
  });

  it('have a test beside every .rego', () => {
    const sources = regoFiles().filter((file) => !file.endsWith('_test.rego'));
    expect(regoFiles()).toEqual(
      expect.arrayContaining(sources.map((file) => file.replace('.rego', '_test.rego'))),
    );
  });
});

needing('opa')(`with OPA ${opaVersion} on PATH`, () => {
  it('the same sources give the same bytes', () => {
    expect(sha256(compile())).toBe(manifest.wasm);
  });

  it('the Rego passes its own tests, strict check and format', () => {
    expect(runOpa(['test', ...regoFiles()])).toMatch(/^PASS: (\d+)\/\1$/m);
    expect(runOpa(['check', '--strict', ...regoFiles()])).toBe('');
    expect(runOpa(['fmt', '--list', ...regoFiles()])).toBe('');
  });
});
