import { expect } from 'vitest';
import type { ActionFacts, Origin } from '#domain/action/action.ts';
import type { AuditEntry } from '#domain/audit/audit.ts';
import type { ImpactView } from '#domain/policy/impact.schema.ts';
import { entriesOf } from './audit-entries.ts';
import { auditEntry, ledgerDecision } from './examples.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from './test-gateway.ts';

export const seller: TestPerson = {
  sub: 'acme-sales',
  tenant: 'acme',
  groups: ['openclaw-users'],
  orgUnit: 'sales',
};

export const orgAdmin: TestPerson = {
  sub: 'acme-org',
  tenant: 'acme',
  groups: ['org-admins'],
  orgUnit: 'engineering',
};

export const webLead: TestPerson = { ...people.lead, sub: 'acme-web-lead', orgUnit: 'engineering/web' };

interface Recorded {
  person: TestPerson;
  action: ActionFacts;
  times?: number;
  orgUnit?: string;
  origin?: Origin;
}

const outside = {
  domain: 'origin',
  verdict: 'require_approval',
  code: 'outside_origin',
  level: 'none',
  policyId: null,
  policyName: null,
  policyVersion: null,
  rule: null,
} as const;

export type PolicyScene = Awaited<ReturnType<typeof openPolicyScene>>;

/** A gateway whose people have been seen, with what tests of policy changes do all the time. */
export async function openPolicyScene(env: Record<string, string> = {}) {
  const gateway: TestGateway = await openTestGateway({
    RATE_LIMIT_POLICY_MUTATIONS: '10000',
    RATE_LIMIT_REQUESTS: '10000',
    ...env,
  });
  for (const person of [...Object.values(people), seller, orgAdmin, webLead]) {
    await gateway.as(person, { url: '/api/v1/requests' });
  }
  let made = 0;

  async function call(
    person: TestPerson,
    line: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) {
    const [method = 'GET', path = ''] = line.split(' ');
    const answer = await gateway.as(person, {
      method,
      url: `/api/v1${path}`,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, body: answer.json(), etag: answer.headers['etag'] };
  }

  async function impactOf(
    id: string,
    question: object = {},
    person: TestPerson = people.admin,
  ): Promise<ImpactView> {
    const { status, body } = await call(person, `POST /policies/${id}/impact`, question);
    expect({ status, body }).toMatchObject({ status: 200 });
    return body;
  }

  return {
    gateway,
    call,
    impactOf,
    /** Decisions as requests leave them in the ledger; gives their ids, oldest first. */
    async record({ person, action, times = 1, orgUnit = person.orgUnit, origin = 'user' }: Recorded) {
      const ids: string[] = [];
      for (let n = 0; n < times; n += 1) {
        const decision = ledgerDecision({
          requestId: null,
          rules: origin === 'user' ? [] : [outside],
          input: {
            actor: { userId: person.sub, role: 'user', orgUnit },
            action: { ...action },
            classification: 'internal',
          },
        });
        const { decisionId } = decision;
        const entry = auditEntry({ tenantId: person.tenant, userId: person.sub, decisionId });
        await gateway.stores.ledger.record(person.tenant, { decision, entries: [entry], dedupeKey: null });
        ids.push(decisionId);
      }
      return ids;
    },
    /** A draft for everybody in engineering, unless told otherwise. */
    async draft(rules: object, more: object = {}) {
      made += 1;
      const answer = await call(people.admin, 'POST /policies', {
        name: `Draft ${made}`,
        domain: 'actions',
        scope: { level: 'team', org_unit: 'engineering' },
        rules,
        change_reason: 'a draft',
        ...more,
      });
      expect(answer.status).toBe(201);
      return answer.body;
    },
    /** A team policy in force, at a position of its own below engineering. */
    async teamPolicy(more: object = {}) {
      made += 1;
      const answer = await call(people.admin, 'POST /policies', {
        name: 'Team actions',
        domain: 'actions',
        scope: { level: 'team', org_unit: `engineering/web/t${made}` },
        status: 'active',
        rules: { default_autonomy: 'approve', action_overrides: { github_pr_close: 'block' } },
        change_reason: 'first',
        ...more,
      });
      expect(answer.status).toBe(201);
      return answer.body;
    },
    /** What the record says of changes of a policy, newest first. */
    async entriesOf(policyId: string): Promise<AuditEntry[]> {
      const entries = await entriesOf(gateway.stores, 'acme', { actionType: 'policy_change' });
      return entries.filter(({ metadata }) => metadata['policy_id'] === policyId);
    },
    /** Ends a policy, whatever review there is. */
    async end(id: string) {
      const { digest } = await impactOf(id, { deprecate: true });
      const body = { change_reason: 'over', impact_digest: digest };
      expect((await call(people.admin, `DELETE /policies/${id}`, body)).status).toBe(200);
    },
    close: () => gateway.close(),
  };
}
