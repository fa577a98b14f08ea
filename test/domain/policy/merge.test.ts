import { describe, expect, it } from 'vitest';
import { mergePolicies } from '#domain/policy/merge.ts';
import type { ActionsRules, CheckedPolicy, IntegrationsRules } from '#domain/policy/rules.ts';
import { samplePolicy } from '../../support/sample-policy.ts';

const actions = (at: string, rules: ActionsRules, mayGrant?: ActionsRules) =>
  samplePolicy('actions', { at, rules, ...(mayGrant && { mayGrant }) });
const integrations = (at: string, rules: IntegrationsRules, mayGrant?: IntegrationsRules) =>
  samplePolicy('integrations', { at, rules, ...(mayGrant && { mayGrant }) });

function autonomy(...policies: CheckedPolicy<'actions'>[]) {
  return mergePolicies('actions', policies)?.fields.autonomy;
}

function field(name: string, ...policies: CheckedPolicy<'integrations'>[]) {
  return mergePolicies('integrations', policies)?.fields[name];
}

describe('merging actions', () => {
  it('gives nothing where no policy speaks', () => {
    expect(mergePolicies('actions', [])).toBeUndefined();
  });

  it("gives nothing where a person's own policy is alone, and what a unit grants where there is one", () => {
    const own = actions('user engineering/web', { default_autonomy: 'autonomous' });
    expect(mergePolicies('actions', [own])).toBeUndefined();
    const unit = actions('org engineering', { default_autonomy: 'notify' });
    expect(autonomy(own, unit)?.['write.*']).toEqual({ value: 'notify', by: 'pol_org_engineering' });
  });

  it('takes the deepest level that speaks', () => {
    const merged = autonomy(
      actions('enterprise', { default_autonomy: 'notify' }),
      actions('org engineering', { default_autonomy: 'approve' }),
    );
    expect(merged?.['write.*']).toEqual({ value: 'approve', by: 'pol_org_engineering' });
  });

  it('names the level that bounds the one below', () => {
    const merged = autonomy(
      actions('enterprise', { default_autonomy: 'approve' }),
      actions('org engineering', { default_autonomy: 'autonomous' }),
    );
    expect(merged?.['write.*']).toEqual({ value: 'approve', by: 'pol_enterprise' });
  });

  it('never lets a default below undo an override above', () => {
    const merged = autonomy(
      actions('enterprise', { default_autonomy: 'autonomous', action_overrides: { email_delete: 'block' } }),
      actions('org engineering', { default_autonomy: 'notify' }),
    );
    expect(merged?.['write.email_delete']).toEqual({ value: 'block', by: 'pol_enterprise' });
    expect(merged?.['write.*']).toEqual({ value: 'notify', by: 'pol_org_engineering' });
  });

  it('lets levels below use what may_grant leaves them, and nobody else', () => {
    const enterprise = actions(
      'enterprise',
      { default_autonomy: 'approve', action_overrides: { jira_delete: 'block' } },
      { action_overrides: { jira_comment: 'notify' } },
    );
    expect(autonomy(enterprise)?.['write.jira_comment']?.value).toBe('approve');
    const below = autonomy(
      enterprise,
      actions('org engineering', { action_overrides: { jira_comment: 'autonomous', jira_delete: 'notify' } }),
    );
    expect(below?.['write.jira_comment']).toEqual({ value: 'notify', by: 'pol_enterprise' });
    expect(below?.['write.jira_delete']?.value).toBe('block');
  });

  it('keeps overrides of the value where may_grant names only a default', () => {
    const merged = autonomy(
      actions(
        'enterprise',
        { default_autonomy: 'approve', action_overrides: { email_delete: 'block' } },
        { default_autonomy: 'autonomous' },
      ),
      actions('org engineering', {
        default_autonomy: 'notify',
        action_overrides: { email_delete: 'notify' },
      }),
    );
    expect(merged?.['write.*']?.value).toBe('notify');
    expect(merged?.['write.email_delete']?.value).toBe('block');
  });

  it('wants approval for what the topmost policy leaves out, and lets reads run', () => {
    const merged = autonomy(
      actions('enterprise', { action_overrides: { email_delete: 'block' } }),
      actions('org engineering', { default_autonomy: 'autonomous' }),
    );
    expect(merged?.['write.*']).toEqual({ value: 'approve', by: 'pol_enterprise' });
    expect(merged?.['read.*']).toEqual({ value: 'autonomous', by: 'pol_enterprise' });
  });

  it('leaves reads alone when a level sets a default', () => {
    const merged = autonomy(
      actions(
        'enterprise',
        { action_overrides: { email_read: 'approve' } },
        { action_overrides: { email_read: 'notify' } },
      ),
      actions('org engineering', { default_autonomy: 'block' }),
    );
    expect(merged?.['read.email_read']).toEqual({ value: 'approve', by: 'pol_enterprise' });
  });

  it('takes the stricter of two policies in one position', () => {
    const merged = autonomy(
      actions('enterprise', { default_autonomy: 'autonomous' }),
      { ...actions('org engineering', { default_autonomy: 'notify' }), id: 'pol_1' },
      { ...actions('org engineering', { default_autonomy: 'block' }), id: 'pol_2' },
    );
    expect(merged?.['write.*']).toEqual({ value: 'block', by: 'pol_2' });
  });
});

describe('merging integrations', () => {
  const shipped = integrations(
    'enterprise',
    { allowed_connectors: ['github', 'jira'], default_permission: 'read' },
    {
      connector_overrides: {
        github: { permission: 'read_write', allowed_operations: ['read_issues', 'comment_issue'] },
      },
    },
  );
  const engineering = integrations('org engineering', {
    allowed_connectors: ['github', 'gmail'],
    default_permission: 'read',
    connector_overrides: {
      github: { permission: 'read_write', allowed_operations: ['read_issues', 'comment_issue', 'close_pr'] },
    },
  });

  it('allows a connector only where both levels do', () => {
    const merged = field('connectors', shipped, engineering);
    expect(merged?.['github.*']?.value).toBe(true);
    expect(merged?.['gmail.*']).toEqual({ value: false, by: 'pol_enterprise' });
    expect(merged?.['jira.*']).toEqual({ value: false, by: 'pol_org_engineering' });
    expect(merged?.['*']?.value).toBe(false);
  });

  it('reads only, until a level below takes up what it may', () => {
    expect(field('permission', shipped)?.['github.*']?.value).toBe('read');
    expect(field('permission', shipped, engineering)?.['github.*']?.value).toBe('read_write');
    expect(field('permission', shipped, engineering)?.['*']?.value).toBe('read');
  });

  it('grants an operation only within the ceiling', () => {
    const merged = field('operations', shipped, engineering);
    expect(merged?.['github.comment_issue']?.value).toBe('any');
    expect(merged?.['github.close_pr']).toEqual({ value: 'none', by: 'pol_enterprise' });
    expect(merged?.['github.*']).toEqual({ value: 'none', by: 'pol_org_engineering' });
    expect(merged?.['*']?.value).toBe('read');
  });

  it('takes a missing list for every read and no write', () => {
    const merged = field(
      'operations',
      integrations('enterprise', {
        allowed_connectors: ['github'],
        connector_overrides: { github: { permission: 'read_write' } },
      }),
      integrations('org engineering', {
        connector_overrides: {
          github: { permission: 'read_write', allowed_operations: ['comment_issue', 'read_issues'] },
        },
      }),
    );
    expect(merged?.['github.comment_issue']).toEqual({ value: 'read', by: 'pol_enterprise' });
    expect(merged?.['github.read_issues']?.value).toBe('read');
    expect(merged?.['github.*']?.value).toBe('none');
  });

  it('takes away from everybody what the enterprise takes from its list', () => {
    const withoutJira = {
      ...shipped,
      rules: { allowed_connectors: ['github'], default_permission: 'read' as const },
    };
    const all = integrations('org engineering', { allowed_connectors: ['github', 'jira'] });
    expect(field('connectors', withoutJira, all)?.['jira.*']).toEqual({ value: false, by: 'pol_enterprise' });
  });

  it('allows no connector where the topmost policy names none', () => {
    const merged = field(
      'connectors',
      integrations('enterprise', { default_permission: 'read' }),
      integrations('org engineering', { allowed_connectors: ['github'] }),
    );
    expect(merged?.['github.*']).toEqual({ value: false, by: 'pol_enterprise' });
  });

  it('never lets an operation named as a read grant a write', () => {
    const merged = field(
      'operations',
      integrations('enterprise', {
        connector_overrides: { github: { permission: 'read_write', allowed_operations: ['read_issues'] } },
      }),
    );
    expect(merged?.['github.read_issues']?.value).toBe('read');
  });
});

describe('merging block lists', () => {
  const agents = (at: string, blocked: string[], granted?: string[]) =>
    samplePolicy('agent_to_agent', {
      at,
      rules: { blocked_peers: blocked },
      ...(granted && { mayGrant: { blocked_peers: granted } }),
    });

  it('keeps below what a ceiling above blocks, also where the level below names nobody', () => {
    const merged = mergePolicies('agent_to_agent', [
      agents('enterprise', [], ['eve']),
      agents('org engineering', []),
    ]);
    expect(merged?.fields['blocked_peers']).toEqual({ 'eve.*': { value: true, by: 'pol_enterprise' } });
  });
});
