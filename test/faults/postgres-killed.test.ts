import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createGovernance, type Governance } from '#governance/create-governance.ts';
import { createChangePolicy } from '#governance/policy/change/change.ts';
import { planUpdate } from '#governance/policy/change/plan-change.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import type { RecordEvent } from '#governance/record.ts';
import { newId } from '#platform/new-id.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { policySetIsSigned } from '#stores/policy/signed-set.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { questionOf } from '../support/decision-question.ts';
import { auditEntry, effect, ledgerDecision } from '../support/examples.ts';
import { readIssues } from '../support/github-actions.ts';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import { recordEventIn } from '../support/record-event.ts';
import { nobodyToAsk } from '../support/rights.ts';
import { newSigner } from '../support/sample-export.ts';
import { checkpointsIn } from '../support/sign-head.ts';

const admin: Actor = { tenantId: 'acme', userId: 'ada', role: 'enterprise_admin', orgUnit: '' };
const now = () => new Date();

let postgres: OwnPostgres;
let governance: Governance;
let policyId: string;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  const { stores } = postgres;
  const shipped = shippedPolicies({ by: 'test', at: now() });
  for (const policy of shipped) await stores.policies.insert('acme', policy);
  policyId = shipped.find(({ domain }) => domain === 'integrations')?.id ?? '';
  governance = createGovernance({
    stores,
    module: await loadRegoModule(),
    actions: [readIssues],
    verify: postgres.signing.verify,
    confirm: nobodyToAsk,
    recordEvent: recordEventIn(stores, now),
    now,
    effectSettleMs: 1_000,
    rightsMaxAgeMs: 1_000,
    onPolicyFailure: () => {},
  });
});
afterAll(() => postgres?.close());

async function verdict(): Promise<string> {
  const decision = await governance.decide(questionOf(admin, readIssues));
  return decision.verdict;
}

/** Changes the enterprise's connectors as the API does. */
function changing(recordEvent: RecordEvent = governance.recordEvent) {
  const { stores } = postgres;
  const { policies, people, subjects } = stores;
  const change = createChangePolicy({ policies, people, subjects, recordEvent, now });
  return (connectors: readonly string[]) =>
    change(admin, {
      target: { policyId },
      plan: (ground) =>
        planUpdate(
          { rules: { allowed_connectors: connectors, default_permission: 'read' }, change_reason: 'test' },
          ground,
        ),
    });
}

const versions = () => postgres.stores.policies.versions('acme', policyId);

async function isSigned(): Promise<boolean> {
  const set = await postgres.stores.policies.active('acme');
  return policySetIsSigned(postgres.signing.verify, 'acme', set);
}

/** Versions of which the audit log has an entry. */
async function versionsOnRecord(): Promise<unknown[]> {
  const entries = await entriesOf(postgres.stores, 'acme', { actionType: 'policy_change' });
  return entries.filter(({ event }) => event === 'policy.updated').map(({ metadata }) => metadata['version']);
}

const back = async () => {
  await postgres.start();
  await postgres.stores.ping();
};

/** Until something was answered: a kill before that shows nothing. */
async function begunWith(answered: readonly unknown[]): Promise<void> {
  while (answered.length === 0) await sleep(1);
}

describe('PostgreSQL is killed in the middle of a policy change', () => {
  it('between its record and its commit: nothing of it is there, and the set from before stays in force', async () => {
    expect(await verdict()).toBe('allow');
    const before = await postgres.stores.policies.active('acme');
    const change = changing(async (actor, entry) => {
      await governance.recordEvent(actor, entry);
      await postgres.kill9();
    });
    await expect(change(['gmail'])).rejects.toMatchObject({
      code: expect.stringMatching(/UNAVAILABLE|FAILED/),
    });
    governance.policyCache.forgetAll();
    expect(await verdict()).toBe('allow');
    expect(governance.policyCache.degraded()).toEqual(['acme']);

    await back();
    expect(await postgres.stores.policies.active('acme')).toEqual(before);
    expect(await isSigned()).toBe(true);
    governance.policyCache.forgetAll();
    expect(await verdict()).toBe('allow');
    expect(governance.policyCache.degraded()).toEqual([]);
  });

  it('at any moment: what was answered is there, signed and on record, and nothing by halves', async () => {
    const change = changing();
    for (const aliveMs of [0, 30, 90]) {
      const before = (await versions()).length;
      const answered: Policy[] = [];
      const working = (async () => {
        for (let n = 0; n < 1_000; n += 1) {
          answered.push((await change(n % 2 === 0 ? ['gmail'] : ['gmail', 'github'])).policy);
        }
      })().catch((error: unknown) => error);
      await begunWith(answered);
      await sleep(aliveMs);
      await postgres.kill9();
      expect(await working).toMatchObject({ code: expect.any(String) });

      await back();
      const stored = await versions();
      expect(stored.map(({ version }) => version)).toEqual(
        expect.arrayContaining(answered.map(({ version }) => version)),
      );
      // One that was committed may have lost its answer.
      expect([0, 1]).toContain(stored.length - before - answered.length);
      expect(stored.filter(({ status }) => status === 'active')).toHaveLength(1);
      expect(await isSigned()).toBe(true);
      const changed = stored.map(({ version }) => version).filter((version) => version > 1);
      expect(await versionsOnRecord()).toEqual(expect.arrayContaining(changed));
    }
  });
});

describe('PostgreSQL is killed in the middle of audit appends', () => {
  it('what was acknowledged is there, whole, and the tree goes on over it', async () => {
    const { stores } = postgres;
    const checkpoint = checkpointsIn(stores, {
      signer: newSigner('k1'),
      recordEvent: governance.recordEvent,
    });
    await checkpoint();
    const began = new Date(Date.now() - 60_000).toISOString();
    for (const aliveMs of [0, 20, 80]) {
      const decided: string[] = [];
      const claimed: string[] = [];
      const append = async () => {
        for (;;) {
          const requestId = newId('request');
          const decision = ledgerDecision({ requestId, runId: null });
          const { decisionId } = decision;
          const pair = [auditEntry({ requestId, decisionId }), auditEntry({ requestId, decisionId })];
          await stores.ledger.record('acme', { decision, entries: pair, dedupeKey: requestId });
          decided.push(requestId);
          const begun = effect();
          await stores.ledger.beginEffect('acme', begun);
          claimed.push(begun.claim.runId);
        }
      };
      const working = Promise.allSettled([append(), append(), append(), append()]);
      await begunWith(claimed);
      await sleep(aliveMs);
      await postgres.kill9();
      const refusals = (await working).map((one) => one.status === 'rejected' && one.reason);
      expect(refusals).toEqual(Array(4).fill(expect.objectContaining({ code: 'AUDIT_WRITE_FAILED' })));

      await back();
      for (const requestId of decided)
        expect(await entriesOf(postgres.stores, 'acme', { requestId })).toHaveLength(2);
      for (const runId of claimed) {
        expect(await stores.ledger.claimOf('acme', runId)).toMatchObject({ attempts: [{ n: 1 }] });
      }
      const span = { after: began, before: new Date(Date.now() + 60_000).toISOString() };
      const gaps = await stores.gaps.inLedger('acme', span, 100);
      // A claim whose outcome nobody came to say is what the next worker looks after.
      expect(gaps.filter(({ kind }) => kind !== 'claim_without_outcome')).toEqual([]);
      expect(await checkpoint()).toMatchObject({ kind: 'signed' });
    }
  });
});
