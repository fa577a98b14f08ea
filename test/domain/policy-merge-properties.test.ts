import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyAnswer } from '#domain/policy-answer.schema.ts';
import { ceilingRules } from '#domain/policy-ceiling.ts';
import { policyFields } from '#domain/policy-fields.ts';
import { mergePolicies } from '#domain/policy-merge.ts';
import {
  type ActionsRules,
  autonomyLevels,
  type CheckedPolicy,
  type GovernedDomain,
  type IntegrationsRules,
  permissions,
  type RulesOf,
} from '#domain/policy-rules.ts';
import { hierarchyViolations } from '#domain/policy-validate.ts';
import { type Verdict, verdicts } from '#domain/verdict.ts';
import { effectivePolicy } from '#governance/effective-policy.ts';
import { createEvaluator } from '#platform/opa/create-evaluator.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { samplePolicy, storedPolicy } from '../policies/sample-policy.ts';

const module = await loadRegoModule();
const places = [
  'enterprise',
  'org engineering',
  'org engineering/web',
  'team engineering',
  'user engineering/web',
];
const ids = ['email_read', 'jira_comment', 'email_delete'] as const;
const names = ['github', 'jira'] as const;
const operations = ['read_issues', 'comment_issue', 'close_pr'] as const;

const autonomy = fc.constantFrom(...autonomyLevels);
const permission = fc.constantFrom(...permissions);
const override = fc.record(
  { permission, allowed_operations: fc.subarray([...operations]) },
  { requiredKeys: [] },
);

const actionsRules = (stated: 'all' | 'some'): fc.Arbitrary<ActionsRules> => {
  const keys = stated === 'all' ? {} : { requiredKeys: [] };
  const overrides = fc.record({ email_read: autonomy, jira_comment: autonomy, email_delete: autonomy }, keys);
  return fc.record({ default_autonomy: autonomy, action_overrides: overrides }, keys);
};

const integrationsRules = (stated: 'all' | 'some'): fc.Arbitrary<IntegrationsRules> =>
  fc.record(
    {
      allowed_connectors: fc.subarray([...names]),
      default_permission: permission,
      connector_overrides: fc.record({ github: override, jira: override }, { requiredKeys: [] }),
    },
    stated === 'all' ? {} : { requiredKeys: [] },
  );

const rulesOf: { [D in GovernedDomain]: (stated: 'all' | 'some') => fc.Arbitrary<RulesOf[D]> } = {
  actions: actionsRules,
  integrations: integrationsRules,
};

/** Policies of one person, the topmost first; several may share a position. */
function chainOf<D extends GovernedDomain>(
  domain: D,
  { stated, granting }: { stated: 'all' | 'some'; granting: boolean },
): fc.Arbitrary<CheckedPolicy<D>[]> {
  const rules = rulesOf[domain](stated);
  const one = fc.record({
    at: fc.constantFrom(...places),
    rules,
    mayGrant: granting ? fc.option(rules, { nil: undefined }) : fc.constant(undefined),
  });
  return fc
    .array(one, { minLength: 1, maxLength: 6 })
    .map((policies) =>
      policies
        .toSorted((a, b) => places.indexOf(a.at) - places.indexOf(b.at))
        .map(({ at, rules: value, mayGrant }, n) =>
          samplePolicy(domain, { at, rules: value, id: `pol_${n}`, ...(mayGrant && { mayGrant }) }),
        ),
    );
}

/** What the Rego says of every action there is, on the merged policy. */
async function verdictsOf<D extends GovernedDomain>(domain: D, chain: readonly CheckedPolicy<D>[]) {
  const evaluator = await createEvaluator({ module, data: effectivePolicy(chain.map(storedPolicy)) });
  const questions = ids.flatMap((action) =>
    names.flatMap((connector) =>
      operations.flatMap((operation) =>
        (['read', 'write'] as const).map((effect) => ({ action, connector, operation, effect })),
      ),
    ),
  );
  return questions.map(({ action, connector, operation, effect }) => {
    const answer = evaluator.evaluate(`openclaw/enterprise/${domain}/decision`, {
      action,
      target_system: connector,
      additional: { operation, effect },
    });
    const { verdict } = policyAnswer.parse(answer);
    return { asked: `${action} ${connector}.${operation} (${effect})`, verdict };
  });
}

function looser(verdict: Verdict, than: Verdict): boolean {
  return verdicts.indexOf(verdict) > verdicts.indexOf(than);
}

async function loosened<D extends GovernedDomain>(
  domain: D,
  { chain, than }: { chain: readonly CheckedPolicy<D>[]; than: readonly CheckedPolicy<D>[] },
): Promise<string[]> {
  const [given, bound] = await Promise.all([verdictsOf(domain, chain), verdictsOf(domain, than)]);
  return given
    .filter(({ verdict }, n) => looser(verdict, bound[n]?.verdict ?? 'deny'))
    .map(({ asked }) => asked);
}

function isAbove(a: { scope: { level: string; orgUnit: string | null } }, b: typeof a): boolean {
  return JSON.stringify(a.scope) !== JSON.stringify(b.scope);
}

describe.each(['actions', 'integrations'] as const)('merging %s', (domain) => {
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
      { numRuns: 100 },
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
      { numRuns: 100 },
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
      { numRuns: 1_000 },
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
              field.where(key) !== undefined && merged?.fields[field.name]?.[key]?.value !== value,
          ),
        );
        expect(hierarchyViolations(policy, ancestors).length > 0).toBe(cut.length > 0);
      }),
      { numRuns: 1_000 },
    );
  });
});
