import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createEvaluator } from '#platform/opa/create-evaluator.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';

const module = await loadRegoModule();
const entrypoint = 'openclaw/enterprise/actions/decision';
const sources = { pol_1: { level: 'enterprise', policy_id: 'pol_1', policy_version: 1, policy_name: 'A' } };
const dataWith = (value: string) => ({
  policy: { actions: { sources, autonomy: { '*': { value, by: 'pol_1' } } } },
});
const read = { action: 'github_issue_read', additional: { effect: 'read' } };

describe('an evaluator', () => {
  it('answers from its own data, beside another of the same module', async () => {
    const [one, other] = await Promise.all(
      ['autonomous', 'block'].map((value) => createEvaluator({ module, data: dataWith(value) })),
    );
    expect(one?.evaluate(entrypoint, read)).toMatchObject({ verdict: 'allow' });
    expect(other?.evaluate(entrypoint, read)).toMatchObject({ verdict: 'deny', code: 'blocked' });
    expect(one?.evaluate(entrypoint, read)).toMatchObject({ verdict: 'allow' });
  });

  it('keeps its data when the object it was made of changes', async () => {
    const data = dataWith('block');
    const evaluator = await createEvaluator({ module, data });
    data.policy.actions.autonomy['*'].value = 'autonomous';
    expect(evaluator.evaluate(entrypoint, read)).toMatchObject({ verdict: 'deny' });
    expect(Object.isFrozen(evaluator)).toBe(true);
  });

  it('refuses an input above its size before it reaches the engine, and goes on answering', async () => {
    const evaluator = await createEvaluator({ module, data: dataWith('autonomous') });
    expect(() => evaluator.evaluate(entrypoint, { ...read, text: 'ä'.repeat(40_000) })).toThrow(/bytes/);
    expect(evaluator.evaluate(entrypoint, read)).toMatchObject({ verdict: 'allow' });
  });

  it('goes on answering after the engine ran out of memory', async () => {
    const data = dataWith('autonomous');
    const evaluator = await createEvaluator({ module, data, maxInputBytes: 50_000_000 });
    expect(() => evaluator.evaluate(entrypoint, { ...read, text: 'x'.repeat(30_000_000) })).toThrow();
    expect(evaluator.evaluate(entrypoint, read)).toMatchObject({ verdict: 'allow' });
  });

  it('throws for an unknown entry point', async () => {
    const evaluator = await createEvaluator({ module, data: dataWith('autonomous') });
    expect(() => evaluator.evaluate('openclaw/enterprise/weather/decision', read)).toThrow();
  });

  it('throws for an input that has no JSON form', async () => {
    const evaluator = await createEvaluator({ module, data: dataWith('autonomous') });
    expect(() => evaluator.evaluate(entrypoint, { count: 1n })).toThrow();
  });

  it('is not made on data that does not fit into memory', async () => {
    await expect(
      createEvaluator({ module, data: { text: 'x'.repeat(8_000_000) }, maxPages: 20 }),
    ).rejects.toThrow();
  });

  it('gives the same answer 2,000 times without asking for more memory than it may have', async () => {
    const evaluator = await createEvaluator({ module, data: dataWith('notify'), maxPages: 10 });
    const answers = new Set(
      Array.from({ length: 2_000 }, () => JSON.stringify(evaluator.evaluate(entrypoint, read))),
    );
    expect(answers.size).toBe(1);
  });
});

describe('loading the module', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-opa-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const policies = new URL('../../policies/', import.meta.url);
  const directory = pathToFileURL(`${folder}/`);

  it('names the entry points', () => {
    expect(module.entrypoints).toContain(entrypoint);
  });

  it('refuses a wasm that is not the one of the manifest', async () => {
    copyFileSync(new URL('policies.manifest.json', policies), join(folder, 'policies.manifest.json'));
    writeFileSync(join(folder, 'policies.wasm'), new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    await expect(loadRegoModule(directory)).rejects.toThrow('not the file of its manifest');
  });

  it('refuses a manifest that says nothing', async () => {
    writeFileSync(join(folder, 'policies.manifest.json'), '{}');
    await expect(loadRegoModule(directory)).rejects.toThrow('lacks entrypoints');
  });

  it('refuses an empty folder', async () => {
    await expect(loadRegoModule(new URL('nowhere/', directory))).rejects.toThrow('ENOENT');
  });
});
