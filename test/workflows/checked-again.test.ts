import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { type Asked, ask, audited, comment, decide, openQuestion, seen } from '../support/ask.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import type { SendFault } from '../support/memory-provider.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;
let shipped: Policy;

beforeAll(async () => {
  worker = await startTestWorker();
  shipped = await activeActions();
});
beforeEach(() => signIn(worker.stores, asker, lead, admin));
afterEach(async () => {
  worker.beforeActivity = async () => {};
  worker.clock.aheadMs = 0;
  worker.provider.nextSends = [];
  await setActions(shipped.rules);
});
afterAll(() => worker?.close());

async function activeActions(): Promise<Policy> {
  const { policies } = await worker.stores.policies.active('acme');
  const found = policies.find(({ domain }) => domain === 'actions');
  if (found === undefined) throw new Error('no policy on actions');
  return found;
}

/** The next version of the tenant's policy on actions. */
async function setActions(rules: Policy['rules']): Promise<void> {
  const active = await activeActions();
  await worker.putPolicies([{ ...active, rules, version: active.version + 1 }]);
}

const override = (autonomy: string) => {
  const { action_overrides: others } = shipped.rules;
  return { ...shipped.rules, action_overrides: { ...Object(others), github_issue_comment: autonomy } };
};

/** Back-dates when people were seen last. */
async function lastSeenLongAgo(userId: string): Promise<void> {
  await withAdmin(worker.databases.adminUrl, (client) =>
    client.query(
      `UPDATE tenant_acme.people SET seen_at = now() - interval '25 hours' WHERE user_id = '${userId}'`,
    ),
  );
}

/** Approved by the lead; `meanwhile` happens between the vote and the n-th attempt to act on it. */
async function approved(
  meanwhile: () => Promise<unknown>,
  { attempt = 1, sends = [] }: { attempt?: number; sends?: SendFault[] } = {},
): Promise<Asked> {
  const asked = await ask(worker, [comment()]);
  worker.provider.nextSends = [...sends];
  let attempts = 0;
  worker.beforeActivity = async (activity) => {
    if (activity !== 'act') return;
    attempts += 1;
    if (attempts === attempt) await meanwhile();
  };
  await decide(worker, asked.requestId, lead, 'approve');
  return asked;
}

const callsOf = ({ requestId }: Asked) =>
  worker.provider.calls
    .filter((call) => call.includes(requestId))
    .map((call) => call.replace(` ${requestId}/1`, ''));

describe('between approval and effect', () => {
  it.each([
    ['policy now lets it run by itself', 'autonomous', 'stale', 'APPROVAL_STALE'],
    ['policy now tells the user', 'notify', 'stale', 'APPROVAL_STALE'],
    ['policy now blocks it', 'block', 'denied', 'POLICY_DENIED'],
  ])('%s: never executed', async (_what, autonomy, state, code) => {
    const asked = await approved(() => setActions(override(autonomy)));
    const { approvalId } = await openQuestion(worker, asked.requestId);
    expect(await asked.handle.result()).toEqual({ state });
    expect(await seen(worker, asked.requestId)).toEqual({ state, actions: [state], errors: [code] });
    expect(callsOf(asked)).toEqual([]);
    expect(await worker.stores.approvals.get('acme', approvalId)).toMatchObject({ state: 'stale' });
    expect((await audited(worker, asked.requestId)).at(-1)).toBe('github.issue_commented denied');
  });

  it('the policy of something else was edited: executed', async () => {
    const asked = await approved(() =>
      setActions({
        ...shipped.rules,
        action_overrides: { ...Object(override('approve').action_overrides), email_send: 'block' },
      }),
    );
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(callsOf(asked)).toEqual(['send']);
  });

  it.each([
    ['revoked', () => worker.stores.people.revoke('acme', asker.userId)],
    ['too old', () => lastSeenLongAgo(asker.userId)],
  ])("the requester's rights are %s: denied", async (_what, meanwhile) => {
    const asked = await approved(meanwhile);
    expect(await asked.handle.result()).toEqual({ state: 'denied' });
    expect(callsOf(asked)).toEqual([]);
  });

  it.each([
    ['revoked', () => worker.stores.people.revoke('acme', lead.userId)],
    ['too old', () => lastSeenLongAgo(lead.userId)],
    ['less', () => signIn(worker.stores, { ...lead, role: 'user' })],
  ])("the voter's rights are %s: the vote is void and a new round is asked", async (_what, meanwhile) => {
    const asked = await approved(meanwhile);
    const { approvalId } = await openQuestion(worker, asked.requestId);
    const again = await eventually(
      () => openQuestion(worker, asked.requestId),
      ({ round }) => round === 2,
    );
    expect(callsOf(asked)).toEqual([]);
    expect(await worker.stores.approvals.get('acme', approvalId)).toMatchObject({ state: 'stale' });
    expect(again.approvalId).not.toBe(approvalId);
    await eventually(
      () => seen(worker, asked.requestId),
      ({ state }) => state === 'queued',
    );
    await eventually(
      () => decide(worker, asked.requestId, admin, 'approve').catch((error: unknown) => String(error)),
      (answer) => typeof answer !== 'string',
    );
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(callsOf(asked)).toEqual(['send']);
  });

  it('more than fifteen minutes pass: expired, never executed', async () => {
    const asked = await approved(async () => {
      worker.clock.aheadMs = 15 * 60_000;
    });
    expect(await asked.handle.result()).toEqual({ state: 'expired' });
    expect(await seen(worker, asked.requestId)).toMatchObject({ errors: ['APPROVAL_EXPIRED'] });
    expect(callsOf(asked)).toEqual([]);
  });

  it('almost fifteen minutes pass: executed', async () => {
    const asked = await approved(async () => {
      worker.clock.aheadMs = 14 * 60_000;
    });
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
  });
});

describe('after a first send whose answer was lost', () => {
  const changes: [string, () => Promise<unknown>, { state: string; errors: string[] }][] = [
    [
      'policy denies it now',
      () => setActions(override('block')),
      { state: 'denied', errors: ['POLICY_DENIED'] },
    ],
    [
      'policy lets it run by itself now',
      () => setActions(override('autonomous')),
      { state: 'stale', errors: ['APPROVAL_STALE'] },
    ],
    [
      'the vote is void now',
      () => worker.stores.people.revoke('acme', lead.userId),
      { state: 'queued', errors: [] },
    ],
    [
      'the time for the effect is over now',
      async () => {
        worker.clock.aheadMs = 15 * 60_000;
      },
      { state: 'expired', errors: ['APPROVAL_EXPIRED'] },
    ],
  ];

  it.each(changes)('%s: it only looks, and what is there counts', async (_what, meanwhile) => {
    const asked = await approved(meanwhile, { attempt: 2, sends: ['lost'] });
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(callsOf(asked)).toEqual(['send', 'look: present']);
  });

  it.each(changes)('%s: it only looks, and never sends again', async (_what, meanwhile, end) => {
    const asked = await approved(meanwhile, { attempt: 2, sends: ['cut'] });
    await eventually(
      async () => ({ ...(await seen(worker, asked.requestId)), looked: callsOf(asked).length === 2 }),
      (is) => is.looked && is.state === end.state,
    );
    expect(await seen(worker, asked.requestId)).toMatchObject(end);
    expect(callsOf(asked)).toEqual(['send', 'look: absent']);
  });

  it('nothing changed: it looks where nobody knows, and sends again only what is surely absent', async () => {
    const asked = await approved(async () => {}, { sends: ['cut', 'busy', 'lost'] });
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(callsOf(asked)).toEqual(['send', 'look: absent', 'send', 'send', 'look: present']);
  });
});
