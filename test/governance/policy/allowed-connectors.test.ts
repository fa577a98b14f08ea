import { describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createAllowedConnectors } from '#governance/policy/allowed-connectors.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';

const shipped = shippedPolicies({ by: 'installation', at: new Date('2026-01-01T00:00:00Z') });
const naming = (names: readonly string[], scope: Partial<Policy['scope']> = {}): readonly Policy[] =>
  shipped.map((policy) =>
    policy.domain === 'integrations'
      ? {
          ...policy,
          scope: { ...policy.scope, ...scope },
          rules: { ...policy.rules, allowed_connectors: names },
        }
      : policy,
  );

const over = (read: () => Promise<readonly Policy[]>) =>
  createAllowedConnectors({
    policyCache: { read: async () => ({ revision: 1, policies: await read() }) },
    registered: ['github', 'jira'],
  });

describe('the connectors that a tenant may use', () => {
  it("are those of the installation that the enterprise's policy names", async () => {
    expect(await over(async () => naming(['github', 'gmail']))('acme')).toEqual(['github']);
    expect(await over(async () => naming([]))('acme')).toEqual([]);
  });

  it('are not opened by the policy of a unit', async () => {
    const policies = naming(['github'], { level: 'org', orgUnit: 'sales' });
    expect(await over(async () => policies)('acme')).toEqual([]);
  });

  it('are none while the tenant is still being made', async () => {
    const read = () => Promise.reject(new CodedError('TENANT_UNKNOWN'));
    expect(await over(read)('new')).toEqual([]);
  });

  it('are not guessed when no policy can be read', async () => {
    const read = () => Promise.reject(new CodedError('DATABASE_UNAVAILABLE'));
    await expect(over(read)('acme')).rejects.toMatchObject({ code: 'POLICY_ENGINE_UNREACHABLE' });
  });
});
