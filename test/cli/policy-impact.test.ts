import { describe, expect, it } from 'vitest';
import {
  deleteCanary,
  getPolicy,
  getPolicySettings,
  postCanary,
  postEvaluate,
  postImpact,
  putPolicySettings,
  resolvePolicy,
} from '#domain/policy/calls.ts';
import { on } from './recorded-gateway.ts';
import { asked, digest, id, impact, none, policy, run } from './recorded-policies.ts';

describe('before anything changes', () => {
  it('impact shows whom a draft, other content or an end would hit, and sends nothing else', async () => {
    const { stdout, calls } = await run(['impact', id, '--days', '7', '--at', '3'], asked);
    expect(stdout).toContain('Asked again: 120 recorded decisions since 2026-10-22.');
    expect(stdout).toMatch(/newly blocked \(require_approval -> deny\) +Lea +github_pr_close +github +7/);
    expect(calls).toMatchObject([{ query: { days: '7' }, body: { version: 3 } }]);
    const content = await run(['impact', id, '--file', '-'], asked, {
      stdin: 'rules: {default_permission: read}',
    });
    expect(content.calls[0]?.body).toEqual({ rules: { default_permission: 'read' } });
    const over = await run(['impact', id, '--deprecate', '--json'], asked);
    expect(over.calls[0]?.body).toEqual({ deprecate: true });
    expect(over.json()).toEqual(impact);
    expect(await run(['impact', id, '--deprecate', '--file', '-'], asked)).toMatchObject({
      code: 2,
      calls: [],
    });
  });

  it('says so when nothing comes out differently', async () => {
    const summary = { ...impact.summary, newly_blocked: none };
    const empty = { ...impact, summary, changes: [], groups: 0, widened: [], widening: false };
    const { stdout } = await run(['impact', id], { [on(postImpact, { id })]: { body: empty } });
    expect(stdout).toBe(
      'Asked again: 120 recorded decisions since 2026-10-22.\nNothing of it comes out differently.\n',
    );
  });

  it('a canary holds for the named people, and ends', async () => {
    const draft = { ...policy, version: 3, status: 'draft' as const };
    const replies = {
      ...asked,
      [on(getPolicy, { id })]: { body: draft },
      [on(postCanary, { id })]: { body: { ...draft, canary: { users: 2 } } },
      [on(deleteCanary, { id })]: { body: draft },
    };
    const words = ['canary', id, '--reason', 'two first', '--yes'];
    const begun = await run([...words, '--user', 'ada', '--user', 'bob'], replies);
    expect(begun.calls[1]?.body).toEqual({ user_ids: ['ada', 'bob'] });
    expect(begun.calls[2]?.body).toEqual({
      user_ids: ['ada', 'bob'],
      change_reason: 'two first',
      impact_digest: digest,
    });
    expect(begun.stdout).toContain('holds for 2 people first');
    const ended = await run([...words, '--end'], replies);
    expect(ended.calls.map(({ method, body }) => [method, body])).toEqual([
      ['GET', undefined],
      ['POST', { end_canary: true }],
      ['DELETE', { change_reason: 'two first', impact_digest: digest }],
    ]);
    expect(await run(words, replies)).toMatchObject({ code: 2, calls: [] });
  });

  it('explains an answer: who said what at which level, and what would change it', async () => {
    const level = { org_unit: null, policy_version: 4, may_grant: {} };
    const body = {
      decision: 'require_approval',
      policy_applied: `${id}@4`,
      reason: '"Actions" (enterprise) wants a person to approve github_issue_comment first.',
      constraints: {},
      person: { user_id: 'ada', role: 'user', org_unit: 'engineering/web' },
      explanation: [
        {
          domain: 'actions',
          decision: 'require_approval',
          code: 'approval_required',
          reason: '…',
          decided_by: { policy_id: id, policy_name: 'Actions', policy_version: 4, level: 'enterprise' },
          rule: { github_issue_comment: 'approve' },
          effective: {},
          levels: [
            {
              ...level,
              level: 'enterprise',
              policy_id: id,
              policy_name: 'Actions',
              says: { 'action_overrides.github_issue_comment': 'approve' },
            },
            { ...level, level: 'org', policy_id: null, policy_name: null, policy_version: null, says: {} },
          ],
          would_change: ['"Actions" would have to say otherwise.'],
        },
      ],
    };
    const words = ['explain', '--action', 'github_issue_comment', '--user', 'ada', '--label', 'public'];
    const { stdout, calls } = await run(words, { [on(postEvaluate)]: { body } });
    expect(stdout).toContain(`actions: require_approval by "Actions" (enterprise, ${id} version 4)`);
    expect(stdout).toContain('enterprise "Actions" action_overrides.github_issue_comment: "approve"');
    expect(stdout).toContain('org        no policy');
    expect(stdout).toContain('"Actions" would have to say otherwise.');
    expect(calls[0]?.body).toEqual({
      action: 'github_issue_comment',
      user_id: 'ada',
      context: { data_classification: 'public' },
    });
  });

  it('tells what holds, and by which policies', async () => {
    const hierarchy = ['enterprise', 'org', 'team', 'user'].map((scope) => ({ scope, policy_id: null }));
    const body = { effective_policy: { default_autonomy: 'approve' }, hierarchy };
    const { stdout, calls } = await run(['resolve', 'actions', '--org-unit', 'engineering'], {
      [on(resolvePolicy)]: { body },
    });
    expect(stdout).toContain('enterprise no policy');
    expect(stdout).toContain('default_autonomy: approve');
    expect(calls[0]?.query).toEqual({ domain: 'actions', org_unit: 'engineering' });
  });

  it('says and sets which changes have to be reviewed', async () => {
    const replies = {
      [on(getPolicySettings)]: { body: { policy_change_review: 'off' } },
      [on(putPolicySettings)]: { body: { policy_change_review: 'widening' } },
    };
    expect((await run(['review'], replies)).stdout).toBe('Changes of policy need no digest.\n');
    const set = await run(['review', 'widening', '--reason', 'safer', '--yes'], replies);
    expect(set.calls[0]?.body).toEqual({ policy_change_review: 'widening', change_reason: 'safer' });
    expect(await run(['review', 'all', '--yes'], replies)).toMatchObject({ code: 2, calls: [] });
  });
});
