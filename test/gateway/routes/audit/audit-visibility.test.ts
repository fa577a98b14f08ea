import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditPage } from '#domain/audit/audit.schema.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Role } from '#domain/person/role.ts';
import type { AuditRules } from '#domain/policy/rules.ts';
import { auditVisibility } from '#gateway/routes/audit/visibility.ts';
import { patience } from '../../../support/patience.ts';
import { openTestGateway, people, type TestGateway, type TestPerson } from '../../../support/test-gateway.ts';

const actor = (role: Role): Actor => ({ tenantId: 'acme', userId: 'ada', role, orgUnit: 'engineering' });
const unit = { kind: 'org', orgUnit: 'engineering', userId: 'ada' };
const own = { kind: 'own', userId: 'ada' };

describe('whose entries a role sees', () => {
  const seen = (role: Role, rules: AuditRules | undefined) => auditVisibility(actor(role), async () => rules);

  it('is for a team lead what policy says, and their unit where it says nothing', async () => {
    expect(await seen('team_lead', { team_lead_visibility: 'team' })).toEqual(unit);
    expect(await seen('team_lead', { team_lead_visibility: 'own' })).toEqual(own);
    expect(await seen('team_lead', {})).toEqual(unit);
    expect(await seen('team_lead', undefined)).toEqual(unit);
  });

  it('is for a team lead what is their own while policy can not be read', async () => {
    const unread = async () => {
      throw new Error('refused');
    };
    expect(await auditVisibility(actor('team_lead'), unread)).toEqual(own);
    expect(await auditVisibility(actor('org_admin'), unread)).toEqual(unit);
  });

  it('is the same for all other roles, whatever policy says of team leads', async () => {
    for (const rules of [{ team_lead_visibility: 'own' }, { team_lead_visibility: 'team' }] as const) {
      expect(await seen('user', rules)).toEqual(own);
      expect(await seen('org_admin', rules)).toEqual(unit);
      expect(await seen('enterprise_admin', rules)).toEqual({ kind: 'tenant' });
    }
  });
});

describe('the audit log of a team lead', () => {
  const engineeringAdmin: TestPerson = { ...people.lead, sub: 'acme-org', groups: ['openclaw-org-admins'] };
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await openTestGateway({ RATE_LIMIT_AUDIT_READS: '10000' });
    for (const person of [people.user, people.lead]) {
      const payload = { text: `from ${person.sub}` };
      await gateway.as(person, { method: 'POST', url: '/api/v1/requests', payload });
    }
  });
  afterAll(() => gateway?.close());

  const page = async (person: TestPerson) => {
    const answer = await gateway.as(person, { url: '/api/v1/audit?action_type=tool_invocation' });
    expect(answer.statusCode).toBe(200);
    return z.parse(auditPage, answer.json()).entries;
  };
  const who = async (person: TestPerson) =>
    [...new Set((await page(person)).map((entry) => entry.user_id))].toSorted();
  const both = ['acme-lead', 'acme-user'];

  const change = async (method: 'POST' | 'DELETE', url: string, payload: object) => {
    const answer = await gateway.as(people.admin, { method, url: `/api/v1/policies${url}`, payload });
    expect(answer.statusCode).toBeLessThan(300);
    return z.parse(z.looseObject({ id: z.string() }), answer.json()).id;
  };

  it('shrinks to their own entries as soon as a policy says so, on every way to them, and grows again', async () => {
    expect(await who(people.lead)).toEqual(both);
    const id = (await page(people.user))[0]?.id;
    const mine = (await page(people.lead)).find((entry) => entry.user_id === 'acme-lead')?.id;
    const status = async (path: string) =>
      (await gateway.as(people.lead, { url: `/api/v1/audit/${path}` })).statusCode;
    expect(await status(`${id}`)).toBe(200);
    // No worker runs that would sign a head: what may be seen isn't sealed yet.
    const unsealed = await status(`${id}/proof`);
    expect(unsealed).not.toBe(404);

    const policy = await change('POST', '', {
      name: 'Leads see their own',
      domain: 'audit',
      scope: { level: 'org', org_unit: 'engineering' },
      status: 'active',
      rules: { team_lead_visibility: 'own' },
      change_reason: 'works council',
    });
    await expect.poll(() => who(people.lead), patience).toEqual(['acme-lead']);
    expect(await Promise.all([status(`${id}`), status(`${id}/proof`)])).toEqual([404, 404]);
    expect(await Promise.all([status(`${mine}`), status(`${mine}/proof`)])).toEqual([200, unsealed]);
    expect(await who(engineeringAdmin)).toEqual(both);
    expect(await who(people.admin)).toEqual(both);

    await change('DELETE', `/${policy}`, { change_reason: 'agreed otherwise' });
    await expect.poll(() => who(people.lead), patience).toEqual(both);
    expect(await status(`${id}`)).toBe(200);
  });
});
