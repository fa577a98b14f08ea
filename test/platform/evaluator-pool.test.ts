import { describe, expect, it } from 'vitest';
import { createEvaluator, type Evaluator } from '#platform/opa/create-evaluator.ts';
import { createEvaluatorPool } from '#platform/opa/evaluator-pool.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';

const module = await loadRegoModule();
const entrypoint = 'openclaw/enterprise/actions/decision';
const sources = { pol_1: { level: 'enterprise', policy_id: 'pol_1', policy_version: 1, policy_name: 'A' } };
const values = ['autonomous', 'notify', 'approve', 'block'];

/** Documents of many sizes, so that what one leaves in memory would show in another. */
const documentOf = (n: number) => ({
  padding: 'x'.repeat((n * 7_919) % 20_000),
  policy: { actions: { sources, autonomy: { '*': { value: values[n % values.length], by: 'pol_1' } } } },
});
const read = { action: 'github_issue_read', additional: { effect: 'read' } };
const ask = (evaluator: Evaluator | undefined, input: Readonly<Record<string, unknown>> = read) =>
  evaluator?.evaluate(entrypoint, input);

describe('evaluators that share a few instances', () => {
  it('answer each from their own document, in whatever order they are asked', async () => {
    const pool = createEvaluatorPool({ module, maxInstances: 3 });
    const documents = Array.from({ length: 12 }, (_, n) => documentOf(n));
    const alone = await Promise.all(documents.map((data) => createEvaluator({ module, data })));
    const sharing = await Promise.all(documents.map((data) => pool.evaluatorOn(data)));
    for (let n = 0; n < 400; n += 1) {
      const at = (n * 5 + Math.floor(n / 7)) % documents.length;
      expect(ask(sharing[at])).toEqual(ask(alone[at]));
    }
    expect(new Set(sharing.map((one) => JSON.stringify(ask(one)))).size).toBe(values.length);
  });

  it('are not made on a document that does not fit, and the others go on', async () => {
    const pool = createEvaluatorPool({ module, maxInstances: 1, maxPages: 20 });
    const before = await pool.evaluatorOn(documentOf(0));
    await expect(pool.evaluatorOn({ text: 'x'.repeat(8_000_000) })).rejects.toThrow();
    expect(ask(before)).toMatchObject({ verdict: 'allow' });
    expect(ask(await pool.evaluatorOn(documentOf(3)))).toMatchObject({ verdict: 'deny' });
    expect(ask(before)).toMatchObject({ verdict: 'allow' });
  });

  it('go on after one of them ran out of memory or refused its input', async () => {
    const pool = createEvaluatorPool({ module, maxInstances: 1, maxInputBytes: 50_000_000 });
    const one = await pool.evaluatorOn(documentOf(0));
    const other = await pool.evaluatorOn(documentOf(3));
    expect(() => ask(one, { ...read, text: 'x'.repeat(30_000_000) })).toThrow();
    expect(ask(other)).toMatchObject({ verdict: 'deny' });
    expect(ask(one)).toMatchObject({ verdict: 'allow' });
  });
});
