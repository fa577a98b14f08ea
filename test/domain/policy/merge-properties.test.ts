import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyAnswer } from '#domain/policy/answer.schema.ts';
import { ceilingRules } from '#domain/policy/ceiling.ts';
import { policyFields } from '#domain/policy/fields.ts';
import { type MergedPolicy, mergePolicies } from '#domain/policy/merge.ts';
import { effectiveRules } from '#domain/policy/reading.ts';
import { type CheckedPolicy, type GovernedDomain, governedDomains } from '#domain/policy/rules.ts';
import { strictnessOf, valueAt } from '#domain/policy/statement.ts';
import { hierarchyViolations } from '#domain/policy/validate.ts';
import { type Verdict, verdicts } from '#domain/policy/verdict.ts';
import { effectivePolicy } from '#governance/policy/effective.ts';
import { createEvaluator } from '#platform/opa/create-evaluator.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { chainOf, questionsOf, rulesOf } from '../../support/arbitrary-policies.ts';
import { samplePolicy, storedPolicy } from '../../support/sample-policy.ts';

const module = await loadRegoModule();

/** What the Rego says to every question there is, on the merged policy. */
async function verdictsOf<D extends GovernedDomain>(
  domain: D,
  chain: readonly CheckedPolicy<D>[],
): Promise<Verdict[]> {
  const evaluator = await createEvaluator({ module, data: effectivePolicy(chain.map(storedPolicy)) });
  return questionsOf[domain].map((question) => {
    const answer = evaluator.evaluate(`openclaw/enterprise/${domain}/decision`, question);
    return policyAnswer.parse(answer).verdict;
  });
}

/** The questions to which `chain` answers more loosely than `than`. */
async function loosened<D extends GovernedDomain>(
  domain: D,
  { chain, than }: { chain: readonly CheckedPolicy<D>[]; than: readonly CheckedPolicy<D>[] },
): Promise<unknown[]> {
  const [given, bound] = await Promise.all([verdictsOf(domain, chain), verdictsOf(domain, than)]);
  return questionsOf[domain].filter(
    (_, n) => verdicts.indexOf(given[n] ?? 'allow') > verdicts.indexOf(bound[n] ?? 'deny'),
  );
}

function isAbove(a: { scope: { level: string; orgUnit: string | null } }, b: typeof a): boolean {
  return JSON.stringify(a.scope) !== JSON.stringify(b.scope);
}

it.each(governedDomains)('the questions about %s tell loose policies from strict ones', async (domain) => {
  const seen = new Set<Verdict>();
  const chains = chainOf(domain, { stated: 'all', granting: false });
  await fc.assert(
    fc.asyncProperty(chains, async (chain) => {
      for (const verdict of await verdictsOf(domain, chain)) seen.add(verdict);
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(seen.size).toBeGreaterThan(1);
});

/** What is decided of the audit domain is the enterprise's alone: there is nothing to grant to levels below. */
const shared = governedDomains.filter((domain) => domain !== 'audit');

describe.each(shared)('merging %s', (domain) => {
  it('never decides more loosely than the ceiling of a level above', async () => {
    await fc.assert(
      fc.asyncProperty(chainOf(domain, { stated: 'all', granting: true }), async (chain) => {
        const deepest = chain.at(-1);
        for (const ancestor of chain) {
          if (deepest === undefined || !isAbove(ancestor, deepest)) continue;
          const ceiling = { ...ancestor, rules: ceilingRules(ancestor), mayGrant: null };
          expect(await loosened(domain, { chain, than: [ceiling] })).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(governedDomains)('merging %s', (domain) => {
  it('takes what is the enterprise’s alone from its policies, whatever levels below say', () => {
    const alone = (fields: MergedPolicy['fields'] | undefined) =>
      policyFields[domain].map((field) => [
        field.name,
        Object.entries(fields?.[field.name] ?? {}).filter(([key]) => field.enterpriseOnly?.(key) === true),
      ]);
    fc.assert(
      fc.property(chainOf(domain, { stated: 'some', granting: true }), (chain) => {
        const own = chain.filter(({ scope }) => scope.level === 'enterprise');
        fc.pre(own.length > 0);
        expect(alone(mergePolicies(domain, chain)?.fields)).toEqual(
          alone(mergePolicies(domain, own)?.fields),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('never holds a value looser than the ceiling of a level above', () => {
    fc.assert(
      fc.property(chainOf(domain, { stated: 'all', granting: true }), (chain) => {
        const deepest = chain.at(-1);
        const merged = mergePolicies(domain, chain);
        const loose = policyFields[domain].flatMap((field) =>
          chain.flatMap((ancestor) => {
            if (deepest === undefined || !isAbove(ancestor, deepest)) return [];
            const ceiling = field.state(ceilingRules(ancestor), { topmost: false });
            return Object.entries(merged?.fields[field.name] ?? {}).filter(([key, { value }]) => {
              const limit = valueAt(ceiling, key);
              if (field.enterpriseOnly?.(key) === true) return false;
              return limit !== undefined && strictnessOf(field, value) < strictnessOf(field, limit);
            });
          }),
        );
        expect(loose).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('never loosens a decision by a policy below, where nothing may be granted', async () => {
    await fc.assert(
      fc.asyncProperty(chainOf(domain, { stated: 'some', granting: false }), async (chain) => {
        for (let length = 1; length < chain.length; length += 1) {
          const above = chain.slice(0, length);
          expect(await loosened(domain, { chain: chain.slice(0, length + 1), than: above })).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("never loosens a decision by a person's own policy, whatever may be granted", async () => {
    const chains = fc.tuple(
      chainOf(domain, { stated: 'some', granting: true }),
      rulesOf[domain]('some').map((rules) =>
        samplePolicy(domain, { at: 'user engineering/web', rules, id: 'pol_own' }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(chains, async ([chain, own]) => {
        const above = chain.filter(({ scope }) => scope.level !== 'user');
        fc.pre(above.length > 0);
        expect(await loosened(domain, { chain: [...above, own], than: above })).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('does not care about the order it gets the policies in, nor about repetitions', () => {
    const shuffled = chainOf(domain, { stated: 'some', granting: true }).chain((chain) =>
      fc.tuple(
        fc.constant(chain),
        fc.shuffledSubarray(chain, { minLength: chain.length }),
        fc.subarray(chain),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([chain, other, again]) => {
        expect(mergePolicies(domain, [...other, ...again])).toEqual(mergePolicies(domain, chain));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps what the validation of a new policy let pass, and only that', () => {
    const pair = fc.record({
      rules: rulesOf[domain]('some'),
      above: chainOf(domain, { stated: 'some', granting: true }),
    });
    fc.assert(
      fc.property(pair, ({ rules, above }) => {
        const policy = samplePolicy(domain, { at: 'user engineering/web', rules, id: 'pol_new' });
        const ancestors = above.filter(({ scope }) => scope.level !== 'user');
        fc.pre(ancestors.length > 0);
        const merged = mergePolicies(domain, [...ancestors, policy]);
        const cut = policyFields[domain].flatMap((field) =>
          [...field.state(rules, { topmost: false })].filter(
            ([key, value]) =>
              field.enterpriseOnly?.(key) !== true &&
              field.where(key) !== undefined &&
              merged?.fields[field.name]?.[key]?.value !== value,
          ),
        );
        expect(hierarchyViolations(policy, ancestors).length > 0).toBe(cut.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});

// Reads and writes of one action, or one operation, can be bounded apart, which one policy can't say.
const plain = governedDomains.filter((domain) => domain !== 'actions' && domain !== 'integrations');

describe.each(plain)('the effective policy of %s', (domain) => {
  it('reads as one policy that decides the same', async () => {
    await fc.assert(
      fc.asyncProperty(chainOf(domain, { stated: 'some', granting: true }), async (chain) => {
        const merged = mergePolicies(domain, chain);
        fc.pre(merged !== undefined);
        const one = samplePolicy(domain, { rules: effectiveRules(domain, merged) });
        expect(await verdictsOf(domain, [one])).toEqual(await verdictsOf(domain, chain));
      }),
      { numRuns: 40 },
    );
  });
});
