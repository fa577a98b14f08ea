import { describe, expect, it } from 'vitest';
import type { ActionFacts } from '#domain/action.ts';
import type { Actor } from '#domain/actor.ts';
import type { MatchedRule } from '#domain/decision.ts';
import type { Policy } from '#domain/policy.ts';
import { strictest } from '#domain/verdict.ts';
import { createPolicyEvaluator } from '#governance/evaluate-policy.ts';
import type { PolicySnapshot } from '#governance/hold-policies.ts';
import { policyErrorCode, reasonInWords } from '#governance/reason-words.ts';
import { demoPolicies, shippedPolicies } from '#governance/shipped-policies.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';

const module = await loadRegoModule();
const made = { by: 'installation', at: new Date('2026-01-01T00:00:00Z') };

const actions = {
  read: { id: 'github_issue_read', connector: 'github', operation: 'read_issues', effect: 'read' },
  comment: { id: 'github_issue_comment', connector: 'github', operation: 'comment_issue', effect: 'write' },
  close: { id: 'github_pr_close', connector: 'github', operation: 'close_pr', effect: 'destructive' },
  audit: { id: 'audit_read', connector: 'openclaw', operation: 'read_audit', effect: 'read' },
} as const satisfies Record<string, ActionFacts>;

const engineer: Actor = { tenantId: 'acme', userId: 'ada', role: 'user', orgUnit: 'engineering/web' };
const seller: Actor = { ...engineer, userId: 'sam', orgUnit: 'sales' };

function over(policies: readonly Policy[]) {
  const failures: unknown[] = [];
  const evaluator = createPolicyEvaluator({
    module,
    readPolicies: async () => ({ revision: '1', policies }),
    actions: Object.values(actions),
    onFailure: ({ cause }) => failures.push(cause),
  });
  return { evaluator, failures };
}

async function verdictOf(policies: readonly Policy[], actor: Actor, action: ActionFacts) {
  const rules = await over(policies).evaluator.evaluate(actor, action, 'internal');
  return strictest(rules.map((rule) => rule.verdict));
}

describe('the story of the demo tenant', () => {
  const policies = demoPolicies(made);

  it('lets issues be read at once', async () => {
    const rules = await over(policies).evaluator.evaluate(engineer, actions.read, 'public');
    expect(rules.map(({ domain, verdict, code }) => [domain, verdict, code])).toEqual([
      ['actions', 'allow', 'autonomous'],
      ['integrations', 'allow', 'operation_allowed'],
    ]);
    expect(policyErrorCode(rules)).toBeUndefined();
  });

  it('wants approval for a comment, and says which policy and version wants it', async () => {
    const rules = await over(policies).evaluator.evaluate(engineer, actions.comment, 'public');
    expect(rules[0]).toEqual({
      domain: 'actions',
      verdict: 'require_approval',
      code: 'approval_required',
      level: 'enterprise',
      policyId: policies[0]?.id ?? null,
      policyName: 'Shipped enterprise actions',
      policyVersion: 1,
      rule: { github_issue_comment: 'approve' },
    } satisfies MatchedRule);
    expect(rules[1]).toMatchObject({ verdict: 'allow', policyId: policies[2]?.id, level: 'org' });
    expect(policyErrorCode(rules)).toBe('POLICY_APPROVAL_REQUIRED');
    expect(reasonInWords(rules)).toBe(
      '"Shipped enterprise actions" (enterprise) wants a person to approve github_issue_comment first.',
    );
  });

  it('denies closing a pull request, with the reasons of both rules', async () => {
    const rules = await over(policies).evaluator.evaluate(engineer, actions.close, 'public');
    expect(policyErrorCode(rules)).toBe('POLICY_DENIED');
    expect(reasonInWords(rules)).toBe(
      'github_pr_close is blocked by "Shipped enterprise actions" (enterprise). ' +
        'close_pr is not among the operations that "Engineering GitHub Write" (org) allows for github.',
    );
  });

  it('denies a comment to who is outside engineering: the enterprise only reads', async () => {
    const rules = await over(policies).evaluator.evaluate(seller, actions.comment, 'public');
    expect(rules[1]).toMatchObject({ verdict: 'deny', code: 'permission_read', level: 'enterprise' });
    expect(reasonInWords(rules)).toBe(
      'comment_issue would write, and "Shipped enterprise integrations" (enterprise) lets github only be read.',
    );
  });

  it('asks no connector rule about what the system reads of itself', async () => {
    const rules = await over(policies).evaluator.evaluate(engineer, actions.audit, 'internal');
    expect(rules.map(({ domain, verdict }) => [domain, verdict])).toEqual([['actions', 'allow']]);
  });

  it('disables a connector by the PUT of seed 000, for those below too', async () => {
    const [first, integrations, org] = policies;
    if (!first || !integrations || !org) throw new Error('three policies expected');
    const put = {
      ...integrations,
      version: 2,
      rules: { allowed_connectors: ['gmail', 'gcal', 'jira', 'gdrive'], default_permission: 'read' },
    };
    expect(await verdictOf([first, put, org], engineer, actions.read)).toBe('deny');
  });
});

describe('fail closed', () => {
  it('denies when no policy speaks', async () => {
    const rules = await over([]).evaluator.evaluate(engineer, actions.read, 'public');
    expect(rules.map(({ verdict, level, policyId }) => [verdict, level, policyId])).toEqual([
      ['deny', 'none', null],
      ['deny', 'none', null],
    ]);
    expect(reasonInWords(rules)).toBe('No matching policy found. Default: deny.');
  });

  it('denies when only one of the two domains has a policy', async () => {
    const [actionsOnly] = shippedPolicies(made);
    expect(await verdictOf(actionsOnly ? [actionsOnly] : [], engineer, actions.read)).toBe('deny');
  });

  it.each(['draft', 'deprecated'] as const)('does not enforce a %s', async (status) => {
    const policies = shippedPolicies(made).map((policy) => ({ ...policy, status }));
    expect(await verdictOf(policies, engineer, actions.read)).toBe('deny');
  });

  it('denies an action that is not in the table, and takes its facts from there', async () => {
    const { evaluator } = over(demoPolicies(made));
    const unknown = { ...actions.read, id: 'github_repo_read' };
    expect(await evaluator.evaluate(engineer, unknown, 'public')).toMatchObject([
      { verdict: 'deny', code: 'unknown_action' },
    ]);
    const dressedUp = { ...actions.close, effect: 'read', connector: 'openclaw' } as const;
    const rules = await evaluator.evaluate(engineer, dressedUp, 'public');
    expect(strictest(rules.map((rule) => rule.verdict))).toBe('deny');
  });

  it('denies when a stored policy is spoilt, and reports why', async () => {
    const policies = shippedPolicies(made).map((policy) => ({ ...policy, rules: { default_autonomy: 1 } }));
    const { evaluator, failures } = over(policies);
    const rules = await evaluator.evaluate(engineer, actions.read, 'public');
    expect(rules).toMatchObject([{ verdict: 'deny', code: 'policy_engine_error' }]);
    expect(policyErrorCode(rules)).toBe('POLICY_ENGINE_UNREACHABLE');
    expect(reasonInWords(rules)).toBe('Policy could not be evaluated, so the action is denied.');
    expect(failures).toHaveLength(1);
  });

  it('denies when the policies cannot be read, and tries again the next time', async () => {
    const answers: (() => PolicySnapshot)[] = [
      () => {
        throw new Error('connection lost');
      },
      () => ({ revision: '1', policies: demoPolicies(made) }),
    ];
    const evaluator = createPolicyEvaluator({
      module,
      readPolicies: async () => answers.shift()?.() ?? { revision: '0', policies: [] },
      actions: Object.values(actions),
    });
    const [rule] = await evaluator.evaluate(engineer, actions.read, 'public');
    expect(rule).toMatchObject({ domain: 'policy', verdict: 'deny', code: 'policy_engine_error' });
    const rules = await evaluator.evaluate(engineer, actions.read, 'public');
    expect(strictest(rules.map(({ verdict }) => verdict))).toBe('allow');
  });

  it('denies in each domain when the engine throws or answers out of form', async () => {
    // A module that imports a function `y` from `x`, which nobody has.
    const head = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00];
    const incomplete = new Uint8Array([...head, 0x02, 0x07, 0x01, 0x01, 0x78, 0x01, 0x79, 0x00, 0x00]);
    const broken = createPolicyEvaluator({
      module: { ...module, module: await WebAssembly.compile(incomplete) },
      readPolicies: async () => ({ revision: '1', policies: demoPolicies(made) }),
      actions: Object.values(actions),
    });
    expect(policyErrorCode(await broken.evaluate(engineer, actions.read, 'public'))).toBe(
      'POLICY_ENGINE_UNREACHABLE',
    );
    const { evaluator, failures } = over(demoPolicies(made));
    const large = { ...engineer, userId: 'u'.repeat(70_000) };
    const rules = await evaluator.evaluate(large, actions.read, 'public');
    expect(rules.map(({ domain, verdict, code }) => [domain, verdict, code])).toEqual([
      ['actions', 'deny', 'policy_engine_error'],
      ['integrations', 'deny', 'policy_engine_error'],
    ]);
    expect(failures).toHaveLength(2);
  });
});

it('a module that lacks a governed domain is refused at the start', () => {
  const partly = { ...module, entrypoints: ['openclaw/enterprise/actions/decision'] };
  const readPolicies = async () => ({ revision: '1', policies: [] });
  expect(() => createPolicyEvaluator({ module: partly, readPolicies, actions: [] })).toThrow('integrations');
});

describe('holding policies', () => {
  function counting() {
    const clock = { at: 0 };
    const reads: string[] = [];
    let policies: readonly Policy[] = demoPolicies(made);
    const evaluator = createPolicyEvaluator({
      module,
      readPolicies: async (tenantId) => {
        reads.push(tenantId);
        return { revision: reads.length, policies };
      },
      actions: Object.values(actions),
      maxAgeMs: 1_000,
      now: () => clock.at,
    });
    const verdict = async (actor: Actor = engineer) => {
      const rules = await evaluator.evaluate(actor, actions.read, 'public');
      return strictest(rules.map((rule) => rule.verdict));
    };
    return { clock, reads, evaluator, verdict, drop: () => (policies = []) };
  }

  it('reads a tenant once for many evaluations, each tenant for itself', async () => {
    const { reads, verdict } = counting();
    await Promise.all([verdict(), verdict(), verdict(seller), verdict({ ...engineer, tenantId: 'globex' })]);
    await verdict();
    expect(reads).toEqual(['acme', 'globex']);
  });

  it('sees a change when the time is over, and not before', async () => {
    const { clock, drop, verdict } = counting();
    await verdict();
    drop();
    clock.at = 999;
    expect(await verdict()).toBe('allow');
    clock.at = 1_000;
    expect(await verdict()).toBe('deny');
  });

  it('sees a change at once when told to forget', async () => {
    const { drop, evaluator, verdict } = counting();
    await verdict();
    drop();
    evaluator.forget('globex');
    expect(await verdict()).toBe('allow');
    evaluator.forget('acme');
    expect(await verdict()).toBe('deny');
  });

  it('gives two people of one unit different answers where one has a policy of their own', async () => {
    const [first, ...rest] = demoPolicies(made);
    if (!first) throw new Error('policies expected');
    const own: Policy = {
      ...first,
      id: 'pol_own',
      scope: { level: 'user', orgUnit: null, userId: 'ada' },
      rules: { action_overrides: { github_issue_read: 'block' } },
    };
    const { evaluator } = over([first, own, ...rest]);
    const colleague = { ...engineer, userId: 'bob' };
    const verdicts = await Promise.all(
      [engineer, colleague].map(async (actor) => {
        const rules = await evaluator.evaluate(actor, actions.read, 'public');
        return strictest(rules.map(({ verdict }) => verdict));
      }),
    );
    expect(verdicts).toEqual(['deny', 'allow']);
  });
});
