import { describe, expect, it } from 'vitest';
import { connectors } from '#connectors/registry.ts';
import { ceilingRules } from '#domain/policy/ceiling.ts';
import { checkPolicy } from '#domain/policy/policy.schema.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import seedBody from '#sandbox/demo/acme-engineering-github-write.json' with { type: 'json' };
import { demoPolicies } from '#sandbox/demo/policies.ts';

const made = { by: 'installation', at: new Date('2026-01-02T03:04:05Z') };

describe('shipped policies', () => {
  it('are one active enterprise policy for each governed domain', () => {
    const policies = shippedPolicies(made);
    expect(
      policies.map(({ domain, scope, status, version }) => [domain, scope.level, status, version]),
    ).toEqual([
      ['actions', 'enterprise', 'active', 1],
      ['integrations', 'enterprise', 'active', 1],
      ['models', 'enterprise', 'active', 1],
      ['agent_to_agent', 'enterprise', 'active', 1],
      ['features', 'enterprise', 'active', 1],
      ['data', 'enterprise', 'active', 1],
      ['audit', 'enterprise', 'active', 1],
    ]);
    expect(policies[0]).toMatchObject({ createdBy: 'installation', createdAt: '2026-01-02T03:04:05.000Z' });
  });

  it('get ids of their own each time', () => {
    const ids = [...shippedPolicies(made), ...shippedPolicies(made)].map((policy) => policy.id);
    expect(new Set(ids).size).toBe(14);
  });

  it('accept the example of seed 000 beneath them, as it is printed', () => {
    const added = demoPolicies(made).at(-1);
    expect(added).toMatchObject({
      name: 'Engineering GitHub Write',
      scope: { level: 'org', orgUnit: 'engineering', userId: null },
      status: 'active',
      rules: seedBody.rules,
      mayGrant: null,
      changeReason: 'Enable GitHub issue/PR commenting for engineering org',
    });
  });

  it('accept what seed 000 puts to disable a connector', () => {
    const put = {
      rules: { allowed_connectors: ['gmail', 'gcal', 'github', 'gdrive'], default_permission: 'read' },
      change_reason: 'Disable Jira connector pending OAuth token renewal',
    };
    const body = { name: 'Integrations', domain: 'integrations', scope: { level: 'enterprise' }, ...put };
    const among = shippedPolicies(made);
    expect(parseNewPolicy(body, { ...made, among })).toMatchObject({ rules: put.rules, status: 'draft' });
    const below = { ...body, scope: { level: 'org', org_unit: 'engineering' } };
    expect(parseNewPolicy(below, { ...made, among })).toMatchObject({ rules: put.rules });
  });

  it('let lower levels keep every read that a connector can do', () => {
    const integrations = shippedPolicies(made).find((policy) => policy.domain === 'integrations');
    if (integrations === undefined) throw new Error('no integrations policy');
    const grantable = ceilingRules(checkPolicy('integrations', integrations)).connector_overrides ?? {};
    const reads = connectors.flatMap(({ name, actions }) =>
      actions.filter((action) => action.effect === 'read').map((action) => [name, action.operation] as const),
    );
    expect(reads.length).toBeGreaterThan(0);
    const cutOff = reads.filter(
      ([name, operation]) => grantable[name]?.allowed_operations?.includes(operation) === false,
    );
    expect(cutOff).toEqual([]);
  });
});
