import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf } from '../../../support/audit-entries.ts';
import { commentIssue } from '../../../support/github-actions.ts';
import { openPolicyScene, type PolicyScene } from '../../../support/policy-scene.ts';
import { people } from '../../../support/test-gateway.ts';

let scene: PolicyScene;

beforeAll(async () => {
  scene = await openPolicyScene();
  for (const person of [people.user, people.peer, people.lead])
    await scene.record({ person, action: commentIssue, times: 2 });
});
afterAll(() => scene?.close());

describe('a digest', () => {
  const rules = { action_overrides: { github_issue_comment: 'block' } };
  const activate = (id: string, digest?: string) =>
    scene.call(people.admin, `POST /policies/${id}/activate`, {
      change_reason: 'agreed',
      ...(digest === undefined ? {} : { impact_digest: digest }),
    });

  it('confirms the change that was looked at, also after more of the same was decided', async () => {
    const { id } = await scene.draft(rules);
    const { digest } = await scene.impactOf(id);
    await scene.record({ person: people.lead, action: commentIssue, times: 3 });
    expect((await scene.impactOf(id)).digest).toBe(digest);
    const activated = await activate(id, digest);
    expect(activated).toMatchObject({ status: 200, body: { status: 'active', impact_digest: digest } });
    expect(activated.body.impact_summary).toMatchObject({ newly_blocked: { people: 3 }, widening: false });
    const entries = await entriesOf(scene.gateway.stores, 'acme', { limit: 1 });
    expect(entries[0]).toMatchObject({ event: 'policy.activated', metadata: { impact_digest: digest } });
    await scene.end(id);
  });

  it('confirms nothing else: another content, another meaning, another number', async () => {
    const { id } = await scene.draft(rules);
    const { digest } = await scene.impactOf(id);
    await scene.call(people.admin, `PUT /policies/${id}`, {
      rules: { ...rules, default_autonomy: 'block' },
      change_reason: 'more',
    });
    const refused = await activate(id, digest);
    expect(refused).toMatchObject({ status: 409, body: { error: 'POLICY_IMPACT_CHANGED' } });
    const { impact_digest: fresh, newly_blocked: blocked } = refused.body.detail;
    expect(blocked.people).toBeGreaterThan(0);
    expect(await activate(id, 'e'.repeat(64))).toMatchObject({ status: 409 });
    // Another policy has moved since: the same draft hits others now.
    const broader = await scene.draft(
      { action_overrides: { github_issue_comment: 'block' } },
      { scope: { level: 'org', org_unit: 'engineering' }, status: 'active' },
    );
    expect(await activate(id, fresh)).toMatchObject({
      status: 409,
      body: { error: 'POLICY_IMPACT_CHANGED' },
    });
    await scene.end(broader.id);
    expect(await activate(id, fresh)).toMatchObject({ status: 200 });
    await scene.end(id);
  });

  it('over fewer days than are usual confirms nothing', async () => {
    const { id } = await scene.draft({ ...rules, default_autonomy: 'approve' });
    const { body } = await scene.call(people.admin, `POST /policies/${id}/impact?days=1`, {});
    // The same change over the usual days has the same digest only once somebody has looked at those.
    expect(await activate(id, body.digest)).toMatchObject({
      status: 409,
      body: { error: 'POLICY_IMPACT_CHANGED' },
    });
  });

  it('is not needed as the documents print it: the answer tells the impact all the same', async () => {
    const { body } = await scene.call(people.admin, 'POST /policies', {
      name: 'At once',
      domain: 'actions',
      scope: { level: 'team', org_unit: 'engineering' },
      status: 'active',
      rules,
      change_reason: 'now',
    });
    expect(body.impact_summary).toMatchObject({ newly_blocked: { people: 3 } });
    expect(body.impact_digest).toMatch(/^[0-9a-f]{64}$/);
    await scene.end(body.id);
  });
});

describe('a policy of one person', () => {
  it('is looked at where somebody wants reviews, and not where nobody does', async () => {
    const policy = {
      name: 'Mine',
      domain: 'actions',
      scope: { level: 'user', user_id: people.user.sub },
      status: 'active',
      rules: { default_autonomy: 'block' },
      change_reason: 'careful',
    };
    const settings = (which: string) =>
      scene.call(people.admin, 'PUT /policies/settings', { policy_change_review: which, change_reason: 'x' });
    await settings('off');
    const made = await scene.call(people.user, 'POST /policies', policy);
    expect(made.status).toBe(201);
    expect(made.body).not.toHaveProperty('impact_digest');
    await settings('widening');
    const changed = await scene.call(people.user, `PUT /policies/${made.body.id}`, {
      rules: { action_overrides: { github_issue_comment: 'block' }, default_autonomy: 'block' },
      change_reason: 'still careful',
    });
    expect(changed.body).toMatchObject({ version: 2, impact_summary: { widening: false } });
    await scene.end(made.body.id);
    await settings('off');
  });
});

describe('the review of changes', () => {
  const set = (which: string) =>
    scene.call(people.admin, 'PUT /policies/settings', {
      policy_change_review: which,
      change_reason: 'as we like it',
    });
  const place = { level: 'team', org_unit: 'engineering/review' };
  const policy = { name: 'R', domain: 'actions', scope: place, status: 'active', change_reason: 'x' };
  const tight = { default_autonomy: 'block' };
  const loose = { default_autonomy: 'approve' };

  it.each([
    ['off', false, false],
    ['widening', false, true],
    ['all', true, true],
  ])('set to %s: tightening needs it (%s), widening needs it (%s)', async (which, tightening, widening) => {
    expect(await set(which)).toMatchObject({ status: 200, body: { policy_change_review: which } });
    expect((await scene.call(people.user, 'GET /policies/settings')).body).toEqual({
      policy_change_review: which,
    });
    const needed = { status: 409, body: { error: 'POLICY_IMPACT_REVIEW_REQUIRED' } };
    const first = await scene.call(people.admin, 'POST /policies', { ...policy, rules: tight });
    expect(first).toMatchObject(tightening ? needed : { status: 201 });
    const made = tightening
      ? await scene.call(people.admin, 'POST /policies', {
          ...policy,
          rules: tight,
          impact_digest: first.body.detail.impact_digest,
        })
      : first;
    expect(made.status).toBe(201);
    const change = { rules: loose, change_reason: 'looser' };
    const plain = await scene.call(people.admin, `PUT /policies/${made.body.id}`, change);
    expect(plain).toMatchObject(widening ? needed : { status: 200 });
    if (widening) {
      expect(plain.body.detail).toMatchObject({
        widening: true,
        widened: ['default_autonomy: block -> approve'],
      });
      const confirmed = { ...change, impact_digest: plain.body.detail.impact_digest };
      expect(await scene.call(people.admin, `PUT /policies/${made.body.id}`, confirmed)).toMatchObject({
        status: 200,
      });
    }
    // A draft changes nothing for anybody.
    const drafted = await scene.call(people.admin, `PUT /policies/${made.body.id}`, {
      ...change,
      status: 'draft',
    });
    expect(drafted.status).toBe(200);
    await scene.end(made.body.id);
  });

  it('is set by enterprise admins alone, with a reason, on record', async () => {
    await set('widening');
    const entries = await entriesOf(scene.gateway.stores, 'acme', { limit: 1 });
    expect(entries[0]).toMatchObject({ event: 'policy.settings_changed', metadata: { new: 'widening' } });
    const body = { policy_change_review: 'off', change_reason: 'x' };
    expect((await scene.call(people.lead, 'PUT /policies/settings', body)).status).toBe(403);
    expect(
      (await scene.call(people.admin, 'PUT /policies/settings', { policy_change_review: 'off' })).status,
    ).toBe(400);
    expect(
      (await scene.call(people.admin, 'PUT /policies/settings', { ...body, policy_change_review: 'no' }))
        .status,
    ).toBe(400);
    expect((await scene.call(people.stranger, 'GET /policies/settings')).body).toEqual({
      policy_change_review: 'off',
    });
    await set('off');
  });
});
