import { describe, expect, it } from 'vitest';
import type { ActionFacts } from '#domain/action/action.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { strictest } from '#domain/policy/verdict.ts';
import type { PolicySnapshot } from '#governance/policy/cache.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import { policyErrorCode, reasonInWords } from '#governance/reason-words.ts';
import { demoPolicies } from '#sandbox/demo/policies.ts';
import { actions, engineer, made, module, over, seller, verdictOf } from '../../support/policy-questions.ts';

describe('the story of the demo tenant', () => {
  const policies = demoPolicies(made);

  it('lets issues be read at once', async () => {
    const rules = await over(policies).evaluator.evaluate({
      actor: engineer,
      facts: actions.read,
      classification: 'public',
    });
    expect(rules.map(({ domain, verdict, code }) => [domain, verdict, code])).toEqual([
      ['actions', 'allow', 'autonomous'],
      ['integrations', 'allow', 'operation_allowed'],
    ]);
    expect(policyErrorCode(rules)).toBeUndefined();
  });

  it('wants approval for a comment, and says which policy and version wants it', async () => {
    const rules = await over(policies).evaluator.evaluate({
      actor: engineer,
      facts: actions.comment,
      classification: 'public',
    });
    expect(rules[0]).toEqual({
      domain: 'actions',
      verdict: 'require_approval',
      code: 'approval_required',
      level: 'enterprise',
      policyId: policies[0]?.id ?? null,
      policyName: 'Shipped enterprise actions',
      policyVersion: 1,
      rule: { github_issue_comment: 'approve' },
      constraints: {},
    } satisfies MatchedRule);
    expect(rules[1]).toMatchObject({ verdict: 'allow', policyId: policies.at(-1)?.id, level: 'org' });
    expect(policyErrorCode(rules)).toBe('POLICY_APPROVAL_REQUIRED');
    expect(reasonInWords(rules)).toBe(
      '"Shipped enterprise actions" (enterprise) wants a person to approve github_issue_comment first.',
    );
  });

  it('denies closing a pull request, with the reasons of both rules', async () => {
    const rules = await over(policies).evaluator.evaluate({
      actor: engineer,
      facts: actions.close,
      classification: 'public',
    });
    expect(policyErrorCode(rules)).toBe('POLICY_DENIED');
    expect(reasonInWords(rules)).toBe(
      'github_pr_close is blocked by "Shipped enterprise actions" (enterprise). ' +
        'close_pr is not among the operations that "Engineering GitHub Write" (org) allows for github.',
    );
  });

  it('denies a comment to who is outside engineering: the enterprise only reads', async () => {
    const rules = await over(policies).evaluator.evaluate({
      actor: seller,
      facts: actions.comment,
      classification: 'public',
    });
    expect(rules[1]).toMatchObject({ verdict: 'deny', code: 'permission_read', level: 'enterprise' });
    expect(reasonInWords(rules)).toBe(
      'comment_issue would write, and "Shipped enterprise integrations" (enterprise) lets github only be read.',
    );
  });

  it('asks no connector rule about what the system reads of itself', async () => {
    const rules = await over(policies).evaluator.evaluate({
      actor: engineer,
      facts: actions.audit,
      classification: 'internal',
    });
    expect(rules.map(({ domain, verdict }) => [domain, verdict])).toEqual([['actions', 'allow']]);
  });

  it('disables a connector by the PUT of seed 000, for those below too', async () => {
    const [first, integrations] = policies;
    const org = policies.at(-1);
    if (!first || !integrations || !org) throw new Error('policies expected');
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
    const rules = await over([]).evaluator.evaluate({
      actor: engineer,
      facts: actions.read,
      classification: 'public',
    });
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
    expect(
      await evaluator.evaluate({ actor: engineer, facts: unknown, classification: 'public' }),
    ).toMatchObject([{ verdict: 'deny', code: 'unknown_action' }]);
    const dressedUp = { ...actions.close, effect: 'read', connector: 'openclaw' } as const;
    const rules = await evaluator.evaluate({ actor: engineer, facts: dressedUp, classification: 'public' });
    expect(strictest(rules.map((rule) => rule.verdict))).toBe('deny');
  });

  it('denies when a stored policy is spoilt, and reports why', async () => {
    const policies = shippedPolicies(made).map((policy) => ({ ...policy, rules: { default_autonomy: 1 } }));
    const { evaluator, failures } = over(policies);
    const rules = await evaluator.evaluate({
      actor: engineer,
      facts: actions.read,
      classification: 'public',
    });
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
    const [rule] = await evaluator.evaluate({
      actor: engineer,
      facts: actions.read,
      classification: 'public',
    });
    expect(rule).toMatchObject({ domain: 'policy', verdict: 'deny', code: 'policy_engine_error' });
    const rules = await evaluator.evaluate({
      actor: engineer,
      facts: actions.read,
      classification: 'public',
    });
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
    expect(
      policyErrorCode(
        await broken.evaluate({ actor: engineer, facts: actions.read, classification: 'public' }),
      ),
    ).toBe('POLICY_ENGINE_UNREACHABLE');
    const { evaluator, failures } = over(demoPolicies(made));
    const large = { ...engineer, userId: 'u'.repeat(70_000) };
    const rules = await evaluator.evaluate({ actor: large, facts: actions.read, classification: 'public' });
    expect(rules.map(({ domain, verdict, code }) => [domain, verdict, code])).toEqual([
      ['actions', 'deny', 'policy_engine_error'],
      ['integrations', 'deny', 'policy_engine_error'],
    ]);
    expect(failures).toHaveLength(2);
  });
});

describe('the other domains', () => {
  const policies = shippedPolicies(made);
  const { evaluator } = over(policies);
  const call = { model: 'local-llm', provider: 'own', external: false, prompt_tokens: 500 };

  async function said(actor: Actor, facts: ActionFacts, additional: Record<string, unknown>) {
    const question = { actor, facts, classification: 'internal', additional } as const;
    const rules = await evaluator.evaluate(question);
    return rules.map(({ domain, verdict, code }) => [domain, verdict, code]);
  }

  it('let a self-hosted model be called, within the tokens of policy, and say the limits', async () => {
    const additional = { ...call, max_output_tokens: 1_000, tokens_today: 0 };
    const rules = await evaluator.evaluate({
      actor: engineer,
      facts: actions.model,
      classification: 'restricted',
      additional,
    });
    expect(rules.map(({ domain, verdict }) => [domain, verdict])).toEqual([
      ['actions', 'allow'],
      ['models', 'allow'],
    ]);
    expect(rules[1]?.constraints).toEqual({
      max_classification: 'restricted',
      max_tokens_per_request: 32_000,
      max_tokens_per_day: 1_000_000,
    });
    expect(await said(engineer, actions.model, { ...additional, tokens_today: 999_999 })).toContainEqual([
      'models',
      'deny',
      'tokens_per_day',
    ]);
  });

  it('let enterprise admins export the audit log, and nobody else', async () => {
    const additional = { purpose: 'export' };
    expect(await said({ ...engineer, role: 'enterprise_admin' }, actions.export, additional)).toEqual([
      ['actions', 'allow', 'autonomous'],
      ['data', 'allow', 'export_allowed'],
      ['audit', 'allow', 'audit_export_allowed'],
    ]);
    expect(await said({ ...engineer, role: 'org_admin' }, actions.export, additional)).toContainEqual([
      'audit',
      'deny',
      'audit_export_role',
    ]);
  });

  it('never let a caller say the facts of the action or of the person', async () => {
    const role = { purpose: 'export', role: 'enterprise_admin', effect: 'read', operation: 'read_audit' };
    expect(await said(engineer, actions.export, role)).toContainEqual(['audit', 'deny', 'audit_export_role']);
    expect(await said(engineer, actions.comment, role)).toContainEqual([
      'integrations',
      'deny',
      'permission_read',
    ]);
  });

  it('are asked under other policies without touching those that are held', async () => {
    const none = policies.filter(({ domain }) => domain !== 'actions');
    const question = { actor: engineer, facts: actions.read, classification: 'public' } as const;
    const verdicts = async () =>
      [await evaluator.evaluateUnder(none, question), await evaluator.evaluate(question)].map((rules) =>
        strictest(rules.map(({ verdict }) => verdict)),
      );
    expect(await verdicts()).toEqual(['deny', 'allow']);
    expect(await verdicts()).toEqual(['deny', 'allow']);
  });
});

it('a module that lacks a governed domain is refused at the start', () => {
  const partly = { ...module, entrypoints: ['openclaw/enterprise/actions/decision'] };
  const readPolicies = async () => ({ revision: '1', policies: [] });
  expect(() => createPolicyEvaluator({ module: partly, readPolicies, actions: [] })).toThrow('integrations');
});

describe('policies of one person', () => {
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
        const rules = await evaluator.evaluate({ actor, facts: actions.read, classification: 'public' });
        return strictest(rules.map(({ verdict }) => verdict));
      }),
    );
    expect(verdicts).toEqual(['deny', 'allow']);
  });
});
