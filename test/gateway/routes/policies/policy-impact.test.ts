import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImpactView } from '#domain/policy/impact.schema.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { eventually } from '../../../support/eventually.ts';
import { auditEntry, ledgerDecision } from '../../../support/examples.ts';
import { commentIssue, readIssues } from '../../../support/github-actions.ts';
import { openPolicyScene, type PolicyScene, seller, webLead } from '../../../support/policy-scene.ts';
import { people } from '../../../support/test-gateway.ts';

let scene: PolicyScene;

beforeAll(async () => {
  scene = await openPolicyScene();
});
afterAll(() => scene?.close());

const outcomesOf = ({ changes }: ImpactView) =>
  changes
    .map(({ kind, person, action, decisions }) => [kind, person.user_id, action, decisions])
    .toSorted((a, b) => String(a).localeCompare(String(b)));

describe('the impact of a draft', () => {
  it('is exactly the people and actions that it hits, with examples', async () => {
    const ofLead = await scene.record({ person: people.lead, action: commentIssue, times: 7 });
    await scene.record({ person: people.peer, action: commentIssue, times: 2 });
    await scene.record({ person: people.peer, action: readIssues, times: 3 });
    await scene.record({ person: seller, action: commentIssue, times: 4 });
    const { id } = await scene.draft({ action_overrides: { github_issue_comment: 'block' } });
    const impact = await scene.impactOf(id);
    expect(outcomesOf(impact)).toEqual([
      ['newly_blocked', 'acme-lead', 'github_issue_comment', 7],
      ['newly_blocked', 'acme-peer', 'github_issue_comment', 2],
    ]);
    expect(impact.summary.newly_blocked).toEqual({ decisions: 9, people: 2 });
    expect(impact).toMatchObject({ widening: false, widened: [], groups: 2 });
    // Of the people in engineering: who is elsewhere can't be hit, and isn't counted.
    expect(impact.window.decisions).toBe(12);
    const [first] = impact.changes;
    expect(first).toMatchObject({
      person: { name: 'acme-lead', org_unit: 'engineering' },
      connector: 'github',
    });
    expect(first?.examples.map((example) => example.decision_id)).toEqual(ofLead.toReversed().slice(0, 5));
    expect(first?.examples[0]).toMatchObject({
      before: {
        decision: 'require_approval',
        policy_name: 'Shipped enterprise actions',
        level: 'enterprise',
      },
      after: { decision: 'deny', policy_id: id, policy_version: 1, level: 'team' },
    });
    expect(first?.examples[0]?.after.reason).toContain('github_issue_comment is blocked');
  });

  it('changes nothing, and is on record', async () => {
    const { id } = await scene.draft({ default_autonomy: 'block' });
    const before = await scene.gateway.stores.policies.active('acme');
    await scene.impactOf(id);
    expect(await scene.gateway.stores.policies.active('acme')).toEqual(before);
    const entries = await entriesOf(scene.gateway.stores, 'acme');
    expect(entries[0]).toMatchObject({
      event: 'policy.impact_previewed',
      userId: 'acme-admin',
      outcome: 'success',
    });
    expect(entries[0]?.dataAccessed[0]?.itemId).toBe(`${id}@1`);
  });

  it('sees no change where a person approves in any case, since the text comes from outside', async () => {
    const mailed = { ...people.user, sub: 'acme-mailed' };
    await scene.record({ person: mailed, action: commentIssue, origin: 'outside', times: 2 });
    const [asked] = await scene.record({ person: mailed, action: commentIssue });
    const impact = await scene.impactOf('pol_actions', { rules: { default_autonomy: 'notify' } });
    const theirs = impact.changes.filter(({ person }) => person.user_id === mailed.sub);
    expect(theirs).toMatchObject([{ kind: 'no_longer_needs_approval', after: 'notify', decisions: 1 }]);
    expect(theirs[0]?.examples.map((example) => example.decision_id)).toEqual([asked]);
    expect(impact).toMatchObject({ widening: true });
    expect(impact.widened).toContain('default_autonomy: approve -> notify');
  });

  it('of content that is only proposed is that of the draft it would become', async () => {
    const rules = { action_overrides: { github_issue_comment: 'block' } };
    const { id } = await scene.draft(rules);
    const other = await scene.draft({});
    const proposed = await scene.impactOf(other.id, { rules });
    expect(proposed.digest).toBe((await scene.impactOf(id)).digest);
    const created = await scene.call(people.admin, 'POST /policies/impact', {
      name: 'Not there yet',
      domain: 'actions',
      scope: { level: 'team', org_unit: 'engineering' },
      rules,
      change_reason: 'a look',
    });
    expect(created).toMatchObject({ status: 200, body: { digest: proposed.digest } });
  });

  it('of a change that changes nothing is empty', async () => {
    const made = await scene.draft(
      { default_autonomy: 'approve' },
      { status: 'active', scope: { level: 'team', org_unit: 'engineering/noop' } },
    );
    const impact = await scene.impactOf(made.id, { name: 'Renamed' });
    expect(impact).toMatchObject({ changes: [], groups: 0, widening: false, widened: [] });
    await scene.end(made.id);
  });

  it('looks back as far as asked', async () => {
    const { id } = await scene.draft({ default_autonomy: 'block' });
    const old = ledgerDecision({
      decisionId: `dec_01ARZ3NDEK${newId('decision').slice(14)}`,
      at: '2016-07-30T22:36:16.385Z',
      requestId: null,
    });
    const entry = auditEntry({ decisionId: old.decisionId });
    await scene.gateway.stores.ledger.record('acme', { decision: old, entries: [entry], dedupeKey: null });
    const { status, body } = await scene.call(people.admin, `POST /policies/${id}/impact?days=366`, {});
    expect(status).toBe(200);
    expect(Date.parse(body.window.to) - Date.parse(body.window.from)).toBe(366 * 86_400_000);
    expect(JSON.stringify(body)).not.toContain(old.decisionId);
    expect((await scene.call(people.admin, `POST /policies/${id}/impact?days=0`, {})).status).toBe(400);
  });

  it('is for those who may make the change, and names nobody whom they may not see', async () => {
    const { id } = await scene.draft({ default_autonomy: 'block' });
    expect((await scene.call(people.lead, `POST /policies/${id}/impact`, {})).status).toBe(200);
    expect((await scene.call(people.user, `POST /policies/${id}/impact`, {})).status).toBe(403);
    expect((await scene.call(seller, `POST /policies/${id}/impact`, {})).status).toBe(404);
    expect((await scene.call(people.stranger, `POST /policies/${id}/impact`, {})).status).toBe(404);
    // Decided while the person was elsewhere: not the team lead's to see.
    await scene.record({ person: people.peer, action: commentIssue, orgUnit: 'sales/emea' });
    const own = await scene.call(webLead, 'POST /policies/impact', {
      name: 'For a peer',
      domain: 'actions',
      scope: { level: 'user', user_id: people.peer.sub },
      rules: { default_autonomy: 'block' },
      change_reason: 'a look',
    });
    expect(own.status).toBe(200);
    const seen = own.body.changes.map(({ person }: ImpactView['changes'][number]) => [
      person.org_unit,
      person.user_id,
    ]);
    expect(seen).toContainEqual(['engineering/web', people.peer.sub]);
    const elsewhere = own.body.changes.filter(
      ({ person }: ImpactView['changes'][number]) => person.org_unit === 'sales/emea',
    );
    for (const { person } of elsewhere) expect(person).toMatchObject({ user_id: null, name: null });
  });

  it('names to a team lead themselves alone where policy shows them no other entries', async () => {
    await scene.record({ person: people.lead, action: commentIssue });
    const { id } = await scene.draft({ action_overrides: { github_issue_comment: 'block' } });
    const named = async () => {
      const impact = await scene.impactOf(id, {}, people.lead);
      return [...new Set(impact.changes.map(({ person }) => person.user_id ?? 'nobody'))].toSorted();
    };
    expect(await named()).toEqual(expect.arrayContaining(['acme-lead', 'acme-peer']));
    const rules = { team_lead_visibility: 'own' };
    const hiding = await scene.draft(rules, { domain: 'audit', status: 'active' });
    const own = ['acme-lead', 'nobody'];
    expect(await eventually(named, (seen) => seen.join() === own.join())).toEqual(own);
    const proposed = await scene.call(people.lead, 'POST /policies/impact', {
      name: 'Not there yet',
      domain: 'actions',
      scope: { level: 'user', user_id: people.peer.sub },
      rules: { default_autonomy: 'block' },
      change_reason: 'a look',
    });
    expect(proposed.status).toBe(200);
    expect(proposed.body.changes.length).toBeGreaterThan(0);
    expect(JSON.stringify(proposed.body.changes)).not.toContain(people.peer.sub);
    await scene.end(hiding.id);
    await eventually(named, (seen) => seen.includes('acme-peer'));
  });

  it.each([
    ['two changes at once', { rules: {}, to_version: 1 }],
    ['an unknown part', { rule: {} }],
    ['rules of another domain', { rules: { allowed_connectors: [] } }],
    ['nobody', { user_ids: [] }],
  ])('is refused for %s', async (_, question) => {
    const { id } = await scene.draft({});
    expect((await scene.call(people.admin, `POST /policies/${id}/impact`, question)).status).toBe(400);
  });
});

describe('a hundred thousand decisions', () => {
  it('are all asked again, each kind of them once', async () => {
    const { id } = await scene.draft(
      { default_autonomy: 'block' },
      { scope: { level: 'org', org_unit: 'crowd' } },
    );
    await withAdmin(scene.gateway.databases.auditAdminUrl, (client) =>
      client.query(
        `INSERT INTO ledger.decisions (tenant_id, decision_id, verdict, rules, input, digest, at)
         SELECT 'acme', $1 || lpad(n::text, 6, '0'), 'require_approval', '[]', jsonb_build_object(
           'actor', jsonb_build_object('subject', 'sub_' || (n % 500), 'role', 'user', 'orgUnit', 'crowd/team' || (n % 20)),
           'action', $2::jsonb, 'classification', 'internal'), repeat('d', 64), now()
         FROM generate_series(1, 100000) AS n`,
        [newId('decision').slice(0, -6), JSON.stringify(commentIssue)],
      ),
    );
    const impact = await scene.impactOf(id);
    expect(impact.window.decisions).toBeGreaterThanOrEqual(100_000);
    // Who is in no unit that may comment was blocked before.
    expect(impact.summary.newly_blocked).toEqual({ decisions: 0, people: 0 });
    const loosened = await scene.call(people.admin, 'POST /policies/impact', {
      name: 'Crowd',
      domain: 'integrations',
      scope: { level: 'org', org_unit: 'crowd' },
      rules: {
        allowed_connectors: ['github'],
        connector_overrides: { github: { permission: 'read_write', allowed_operations: ['comment_issue'] } },
      },
      change_reason: 'a look',
    });
    expect(loosened.body.summary.newly_allowed).toEqual({ decisions: 100_000, people: 500 });
    expect(loosened.body).toMatchObject({ groups: 500, widening: true });
  }, 60_000);
});
