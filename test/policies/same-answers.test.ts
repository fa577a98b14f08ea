import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { policyAnswer } from '#domain/policy/answer.schema.ts';
import { type CheckedPolicy, type GovernedDomain, governedDomains } from '#domain/policy/rules.ts';
import { effectivePolicy } from '#governance/policy/effective.ts';
import { createEvaluator, type Evaluator } from '#platform/opa/create-evaluator.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { opaVersion, regoFiles, runOpa } from '#policies/build.ts';
import { chainOf, questionsOf } from '../support/arbitrary-policies.ts';
import { needing } from '../support/needing.ts';
import { storedPolicy } from '../support/sample-policy.ts';

const module = await loadRegoModule();

type Question = Readonly<Record<string, unknown>>;

interface Case {
  policy: object;
  question: Question;
}

/** Questions that lack what they should say, or say it in another form. */
const spoilt: readonly Question[] = [
  {},
  { action: 7, additional: null },
  { action: 'model_call', additional: { model: ['local'], prompt_tokens: '9' } },
  {
    action: 'agent_exchange',
    tenant_id: null,
    additional: { exchange_type: 'information_query', hops: 'one' },
  },
  { action: 'audit_export', additional: { role: { admin: true } } },
  { action: 'x', additional: { purpose: 'export', feature: 0 }, data_classification: ['public'] },
];

function casesOf(domain: GovernedDomain): Case[] {
  const merged = (chain: readonly CheckedPolicy<GovernedDomain>[]) =>
    effectivePolicy(chain.map(storedPolicy)).policy;
  const seeds = { numRuns: 25, seed: 11 };
  const policies = sampled(domain, seeds).map(merged);
  return [...policies, {}].flatMap((policy, n) =>
    [...questionsOf[domain].filter((_, at) => at % 5 === n % 5), ...spoilt].map((question) => ({
      policy,
      question,
    })),
  );
}

function sampled<D extends GovernedDomain>(domain: D, seeds: { numRuns: number; seed: number }) {
  return fc.sample<CheckedPolicy<D>[]>(chainOf(domain, { stated: 'some', granting: true }), seeds);
}

/** `carried`: the policy comes with the question, as it does to an OPA that holds our Rego alone. */
async function byWasm(domain: GovernedDomain, cases: readonly Case[], { carried }: { carried: boolean }) {
  const evaluators = new Map<object, Evaluator>();
  const answers: unknown[] = [];
  for (const { policy, question } of cases) {
    const data = carried ? {} : { policy };
    const evaluator = evaluators.get(policy) ?? (await createEvaluator({ module, data }));
    evaluators.set(policy, evaluator);
    const input = carried ? { ...question, policy } : question;
    answers.push(evaluator.evaluate(`openclaw/enterprise/${domain}/decision`, input));
  }
  return answers;
}

function byOpa(domain: GovernedDomain, cases: readonly Case[], { carried }: { carried: boolean }): unknown[] {
  const given = carried ? 'with input as carried' : 'with data.policy as policy with input as question';
  // Bound before the `with`: within it, OPA reads the case from the replaced input.
  const bound =
    'question := c.question; policy := c.policy; carried := object.union(question, {"policy": policy})';
  const asked = `d := data.openclaw.enterprise.${domain}.decision ${given}`;
  const query = `[d | some c in input.cases; ${bound}; ${asked}]`;
  const sources = regoFiles().filter((file) => !file.endsWith('_test.rego'));
  const files = sources.flatMap((file) => ['--data', file]);
  const said = runOpa(
    ['eval', '--format=raw', '--strict-builtin-errors', '--stdin-input', ...files, query],
    JSON.stringify({ cases }),
  );
  return z.array(z.unknown()).parse(JSON.parse(said));
}

describe.each(governedDomains)('the compiled Rego of %s', (domain) => {
  const cases = casesOf(domain);

  it('answers every question in form', async () => {
    const answers = await byWasm(domain, cases, { carried: false });
    expect(answers.length).toBeGreaterThan(100);
    for (const answer of answers) policyAnswer.parse(answer);
  });

  it('answers the same where the question carries the policy', async () => {
    const some = cases.filter((_, n) => n % 3 === 0);
    expect(await byWasm(domain, some, { carried: true })).toEqual(
      await byWasm(domain, some, { carried: false }),
    );
  });
});

needing('opa')(`with OPA ${opaVersion} on PATH`, () => {
  it.each(governedDomains)('the Rego of %s answers as the compiled one does', async (domain) => {
    const cases = casesOf(domain);
    expect(byOpa(domain, cases, { carried: false })).toEqual(await byWasm(domain, cases, { carried: false }));
    expect(byOpa(domain, cases, { carried: true })).toEqual(await byWasm(domain, cases, { carried: true }));
  });
});
