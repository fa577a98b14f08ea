import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeepRetention } from '#governance/upkeep/keep-retention.ts';
import { recordEventIn } from '../support/record-event.ts';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';

/** What somebody with the role `user` can do to everybody else, by rights that they really have. */
let test: TestGateway;
beforeAll(async () => {
  test = await openTestGateway({ RATE_LIMIT_ADMIN: '5', RATE_LIMIT_POLICY_MUTATIONS: '20' });
});
afterAll(() => test?.close());

const url = '/api/v1/policies';
const own = (domain: string, rules: object) => ({
  name: `mine, ${domain}`,
  domain,
  scope: { level: 'user', user_id: people.user.sub },
  status: 'active',
  rules,
  change_reason: 'an attack',
});

describe('a policy of one’s own', () => {
  it('does not shorten how long the contents of others are kept, nor lengthen how long anybody’s audit is', async () => {
    for (const body of [
      own('data', { ephemeral_data_ttl_hours: 1, retention_days: 1 }),
      own('audit', { minimum_retention_days: 3_650 }),
    ]) {
      const made = await test.as(people.user, { method: 'POST', url, payload: body });
      expect(made.json()).toMatchObject({ error: 'POLICY_ENTERPRISE_ONLY' });
    }
    const { stores } = test;
    // Somebody of a unit has contents that policy can be asked about.
    const payload = { text: 'words' };
    await test.as(people.user, { method: 'POST', url: '/api/v1/requests', payload });
    const asked = { hoursAgo: 0, daysAgo: 0, keepDays: 0 };
    const hoursSince = (time: string) => Math.floor((Date.now() - Date.parse(time)) / 3_600_000);
    const now = () => new Date();
    const keep = createKeepRetention({
      stores: {
        ...stores,
        contentRetention: {
          ...stores.contentRetention,
          eraseEphemeral: async (tenantId, { before }) => {
            if (tenantId === 'acme') asked.hoursAgo = hoursSince(before);
            return 0;
          },
          endedRequests: async (tenantId, { before }) => {
            if (tenantId === 'acme') asked.daysAgo = Math.floor(hoursSince(before) / 24);
            return { requests: [], after: null };
          },
        },
        retention: {
          ...stores.retention,
          expiredMonths: async (days) => {
            asked.keepDays = days;
            return [];
          },
        },
      },
      readPolicies: stores.policies.active,
      recordEvent: recordEventIn(stores, now),
      now,
    });
    await keep(() => {});
    // The enterprise's policies say 24 hours, 90 days and 365 days.
    expect(asked).toEqual({ hoursAgo: 24, daysAgo: 90, keepDays: 365 });
  });

  it('permits nothing where the enterprise has taken its policy away', async () => {
    const listed = await test.as(people.admin, { url: `${url}?domain=actions&scope_level=enterprise` });
    const [enterprise] = listed.json().policies;
    const gone = await test.as(people.admin, {
      method: 'DELETE',
      url: `${url}/${enterprise.id}`,
      payload: { change_reason: 'nothing may be done for now' },
    });
    expect(gone.statusCode).toBe(200);
    const ask = async () => {
      const answer = await test.as(people.user, {
        method: 'POST',
        url: `${url}/evaluate`,
        payload: {
          action: 'github_issue_comment',
          context: { data_classification: 'internal', additional: {} },
        },
      });
      const { explanation }: { explanation: { domain: string; decision: string }[] } = answer.json();
      return explanation.find(({ domain }) => domain === 'actions')?.decision;
    };
    const before = await ask();
    await test.as(people.user, {
      method: 'POST',
      url,
      payload: own('actions', { default_autonomy: 'autonomous' }),
    });
    const after = await ask();
    expect([before, after]).toEqual(['deny', 'deny']);
  });
});

describe('calls that are refused anyhow', () => {
  it('use up nothing that the tenant’s administrators need', async () => {
    for (let n = 0; n < 6; n += 1) {
      const refused = await test.as(people.user, {
        method: 'DELETE',
        url: '/api/v1/tenants/acme',
        payload: {},
      });
      expect([403, 429]).toContain(refused.statusCode);
    }
    const hold = await test.as(people.admin, {
      method: 'POST',
      url: '/api/v1/legal-holds',
      payload: { user_id: 'acme-peer', reason: 'a case' },
    });
    expect(hold.statusCode).not.toBe(429);
  });
});
