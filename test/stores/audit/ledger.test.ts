import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import { sealEntry } from '#stores/audit/seal-entries.ts';
import { ensureOne } from '#stores/person/subjects.ts';
import { auditEntry, effect, ledgerDecision } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let ledger: Ledger;

beforeAll(async () => {
  opened = await openTestStores();
  ledger = opened.stores.ledger;
});
afterAll(() => opened.close());

/** Rows of the ledger that belong to a request, by table. */
async function rowsOf(requestId: string): Promise<{ decisions: number; entries: number; claims: number }> {
  return withAdmin(opened.databases.auditAdminUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM ledger.decisions WHERE request_id = $1)::int AS decisions,
         (SELECT count(*) FROM ledger.audit_entries WHERE request_id = $1)::int AS entries,
         (SELECT count(*) FROM ledger.effect_claims WHERE request_id = $1)::int AS claims`,
      [requestId],
    );
    return rows[0];
  });
}

async function decisionIsStored(decisionId: string): Promise<boolean> {
  return withAdmin(opened.databases.auditAdminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM ledger.decisions WHERE decision_id = $1', [
      decisionId,
    ]);
    return rowCount === 1;
  });
}

const success = (requestId: string) => ({
  entry: auditEntry({ requestId, outcome: 'success' as const }),
  outcome: 'success' as const,
  result: { commentId: 42 },
  attempts: 1,
});

describe('beginEffect', () => {
  it('writes claim, decision, intent and attempt 1 together', async () => {
    const start = effect();
    const begun = await ledger.beginEffect('acme', start);
    expect(begun).toMatchObject({ claim: 'new', outcome: null, inputDigest: start.claim.inputDigest });
    expect(begun.attempts).toEqual([
      { n: 1, at: expect.stringMatching(/Z$/), decisionId: start.decision.decisionId, ended: null },
    ]);
    expect(Date.parse(begun.now)).toBeGreaterThanOrEqual(Date.parse(begun.attempts[0]?.at ?? ''));
    expect(await rowsOf(start.claim.requestId)).toEqual({ decisions: 1, entries: 1, claims: 1 });
  });

  it('finds the claim of an earlier attempt and writes nothing', async () => {
    const first = effect();
    await ledger.beginEffect('acme', first);
    const again = effect({ runId: first.claim.runId, requestId: first.claim.requestId });
    expect(await ledger.beginEffect('acme', again)).toMatchObject({ claim: 'existing', outcome: null });
    expect(await rowsOf(first.claim.requestId)).toEqual({ decisions: 1, entries: 1, claims: 1 });
  });

  it('lets one of many through when they start at once', async () => {
    const first = effect();
    const { runId, requestId } = first.claim;
    const begun = await Promise.all(
      Array.from({ length: 8 }, () => ledger.beginEffect('acme', effect({ runId, requestId }))),
    );
    expect(begun.map((each) => each.claim).toSorted()).toEqual([
      ...Array.from({ length: 7 }, () => 'existing'),
      'new',
    ]);
    expect(begun.every((each) => each.attempts.length === 1)).toBe(true);
    expect(await rowsOf(requestId)).toEqual({ decisions: 1, entries: 1, claims: 1 });
  });

  it('gives an approval to one run only, even when two ask at once', async () => {
    const approvalId = newId('approval');
    const [one, other] = [effect({ approvalId }), effect({ approvalId })];
    const claims = await Promise.all([one, other].map((start) => ledger.beginEffect('acme', start)));
    expect(claims.map((each) => each.claim).toSorted()).toEqual(['approval_consumed', 'new']);
    const loser = claims[0]?.claim === 'new' ? other : one;
    expect(await rowsOf(loser.claim.requestId)).toEqual({ decisions: 0, entries: 0, claims: 0 });
  });

  it('writes nothing at all when the entry is refused', async () => {
    const start = effect();
    const entry = { ...start.entry, tenantId: 'globex' };
    await expect(ledger.beginEffect('acme', { ...start, entry })).rejects.toMatchObject({
      code: 'AUDIT_WRITE_FAILED',
    });
    expect(await rowsOf(start.claim.requestId)).toEqual({ decisions: 0, entries: 0, claims: 0 });
  });

  it('keeps the claims of two tenants apart', async () => {
    const start = effect();
    await ledger.beginEffect('acme', start);
    const elsewhere = effect({ runId: start.claim.runId }, 'globex');
    expect(await ledger.beginEffect('globex', elsewhere)).toMatchObject({ claim: 'new' });
  });
});

describe('claimOf', () => {
  it('is null before the claim, and what a second beginEffect would find after it', async () => {
    const start = effect();
    expect(await ledger.claimOf('acme', start.claim.runId)).toBeNull();
    await ledger.beginEffect('acme', start);
    const { now, ...claim } = (await ledger.claimOf('acme', start.claim.runId)) ?? {};
    expect(await ledger.beginEffect('acme', start)).toMatchObject({ claim: 'existing', ...claim });
    expect(now).toMatch(/Z$/);
    expect(await ledger.claimOf('globex', start.claim.runId)).toBeNull();
  });
});

describe('attempts', () => {
  const refused = { code: 'api_rate_limited', againInMs: 60_000 } as const;
  const again = (n: number) => ({ n, decision: effect().decision });

  it("follow one that surely had no effect, and each is one worker's", async () => {
    const { claim, decision } = await begunEffect();
    expect(await ledger.addAttempt('acme', claim.runId, again(2))).toEqual({ added: false, at: null });
    expect(await ledger.endAttempt('acme', claim.runId, { n: 1, ...refused })).toBe(true);
    expect(await ledger.endAttempt('acme', claim.runId, { n: 1, ...refused })).toBe(false);

    const tries = [1, 2, 3, 4].map(() => again(2));
    const added = await Promise.all(tries.map((one) => ledger.addAttempt('acme', claim.runId, one)));
    expect(added.filter((each) => each.added)).toHaveLength(1);
    expect(new Set(added.map((each) => each.at)).size).toBe(1);

    const winner = tries[added.findIndex((each) => each.added)];
    const { attempts, claimedUnder, now } = (await ledger.claimOf('acme', claim.runId)) ?? {};
    expect(attempts).toMatchObject([
      { n: 1, decisionId: decision.decisionId, ended: { code: 'api_rate_limited' } },
      { n: 2, decisionId: winner?.decision.decisionId, ended: null },
    ]);
    const againAt = Date.parse(attempts?.[0]?.ended?.againAt ?? '') - Date.parse(now ?? '');
    expect(againAt).toBeGreaterThan(0);
    expect(againAt).toBeLessThanOrEqual(60_000);
    expect(claimedUnder?.decisionId).toBe(decision.decisionId);
    const stored = await Promise.all(tries.map((one) => decisionIsStored(one.decision.decisionId)));
    expect(stored.filter(Boolean)).toHaveLength(1);
  });

  it('skip no number, belong to a run, and end with its outcome', async () => {
    const { claim } = await begunEffect();
    const { runId } = claim;
    expect(await ledger.addAttempt('acme', runId, again(3))).toEqual({ added: false, at: null });
    expect(await ledger.addAttempt('acme', 'req_none/1', again(1))).toEqual({ added: false, at: null });
    await expect(ledger.endAttempt('acme', runId, { n: 2, ...refused })).rejects.toMatchObject({
      code: 'AUDIT_WRITE_FAILED',
    });
    await expect(ledger.endAttempt('globex', runId, { n: 1, ...refused })).rejects.toThrow();
    await ledger.endAttempt('acme', runId, { n: 1, ...refused });
    await ledger.finishEffect('acme', runId, success(claim.requestId));
    expect(await ledger.addAttempt('acme', runId, again(2))).toMatchObject({ added: false });
    expect(await ledger.endAttempt('acme', runId, { n: 1, ...refused })).toBe(false);
  });
});

describe('a worker of the release before', () => {
  it('adds its attempt after a look, and ends the effect', async () => {
    const { claim } = await begunEffect();
    const asBefore = (text: string, values: unknown[]) =>
      withAdmin(
        opened.databases.auditAdminUrl,
        async (client) => (await client.query(text, values)).rows[0]?.answer,
      );
    const { runId, requestId } = claim;
    const add = 'SELECT ledger.add_attempt($1, $2, $3) AS answer';
    expect(await asBefore(add, ['acme', runId, 2])).toMatchObject({ added: true });
    expect(await asBefore(add, ['acme', runId, 2])).toMatchObject({ added: false });
    const { attempts } = (await ledger.claimOf('acme', runId)) ?? {};
    expect(attempts).toMatchObject([
      { n: 1, ended: { code: 'api_unreachable' } },
      { n: 2, decisionId: null, ended: null },
    ]);
    await ledger.endAttempt('acme', runId, { n: 2, code: 'api_unreachable', againInMs: null });
    const { entry, outcome, result } = success(requestId);
    const { subjects, rowProofs } = opened.stores;
    const person = await ensureOne(subjects, 'acme', entry.userId);
    const sealed = sealEntry(entry, person, await rowProofs.of('acme'));
    const finish = 'SELECT ledger.finish_effect($1, $2, $3, $4, $5) AS answer';
    const ended = await asBefore(finish, ['acme', runId, sealed, outcome, JSON.stringify(result)]);
    expect(ended).toMatchObject({ recorded: true, outcome: 'success' });
  });
});

describe('finishEffect', () => {
  const refused = { code: 'api_unreachable', againInMs: null } as const;
  const nothing = (requestId: string) => ({
    ...success(requestId),
    outcome: 'denied' as const,
    result: null,
  });

  it('says of no effect that nothing happened while another attempt is on its way', async () => {
    const { claim } = await begunEffect();
    await ledger.endAttempt('acme', claim.runId, { n: 1, ...refused });
    await ledger.addAttempt('acme', claim.runId, { n: 2, decision: effect().decision });
    const late = await ledger.finishEffect('acme', claim.runId, nothing(claim.requestId));
    expect(late).toEqual({ outcome: null, recorded: false });
    const told = { ...nothing(claim.requestId), attempts: 2 };
    expect(await ledger.finishEffect('acme', claim.runId, told)).toMatchObject({ recorded: true });
  });

  it('takes a success whatever was tried since', async () => {
    const { claim } = await begunEffect();
    await ledger.endAttempt('acme', claim.runId, { n: 1, ...refused });
    await ledger.addAttempt('acme', claim.runId, { n: 2, decision: effect().decision });
    expect(await ledger.finishEffect('acme', claim.runId, success(claim.requestId))).toMatchObject({
      recorded: true,
    });
  });

  it('and an attempt at the same moment: one of them is first, and the other knows', async () => {
    for (let run = 0; run < 20; run += 1) {
      const { claim } = await begunEffect();
      await ledger.endAttempt('acme', claim.runId, { n: 1, ...refused });
      const [added, ended] = await Promise.all([
        ledger.addAttempt('acme', claim.runId, { n: 2, decision: effect().decision }),
        ledger.finishEffect('acme', claim.runId, nothing(claim.requestId)),
      ]);
      expect(added.added).toBe(!ended.recorded);
    }
  });

  it('records one outcome, and answers with it for ever', async () => {
    const { claim } = await begunEffect();
    const finish = success(claim.requestId);
    const first = await ledger.finishEffect('acme', claim.runId, finish);
    expect(first).toMatchObject({ recorded: true, outcome: 'success', result: { commentId: 42 } });
    const late = { ...success(claim.requestId), outcome: 'error' as const, result: null };
    expect(await ledger.finishEffect('acme', claim.runId, late)).toEqual({ ...first, recorded: false });
    expect(await ledger.beginEffect('acme', effect(claim))).toMatchObject({
      claim: 'existing',
      outcome: { outcome: 'success', result: { commentId: 42 }, at: 'at' in first ? first.at : '' },
    });
    expect((await rowsOf(claim.requestId)).entries).toBe(2);
  });

  it('refuses a run that nobody claimed', async () => {
    await expect(ledger.finishEffect('acme', 'req_none/1', success('req_none'))).rejects.toMatchObject({
      code: 'AUDIT_WRITE_FAILED',
    });
  });
});

describe('record', () => {
  it('writes decision and entries once per dedupe key', async () => {
    const requestId = newId('request');
    const record = () => ({
      decision: ledgerDecision({ requestId }),
      entries: [auditEntry({ requestId }), auditEntry({ requestId, outcome: 'success' })],
      dedupeKey: `read:${requestId}/1`,
    });
    const answers = await Promise.all([1, 2, 3].map(() => ledger.record('acme', record())));
    expect(answers.toSorted()).toEqual([false, false, true]);
    expect(await rowsOf(requestId)).toEqual({ decisions: 1, entries: 2, claims: 0 });
  });

  it('takes entries without a decision or a key, and refuses none at all', async () => {
    const entries = [auditEntry({ event: 'session.opened', requestId: null, decisionId: null })];
    expect(await ledger.record('acme', { decision: null, entries, dedupeKey: null })).toBe(true);
    await expect(
      ledger.record('acme', { decision: null, entries: [], dedupeKey: null }),
    ).rejects.toMatchObject({ code: 'AUDIT_WRITE_FAILED' });
  });

  it('refuses a month without a partition, and a timestamp that would not read back as it was hashed', async () => {
    for (const timestamp of ['1999-01-01T00:00:00.000Z', new Date().toISOString().replace('Z', '+00:00')]) {
      const entries = [auditEntry({ timestamp })];
      await expect(ledger.record('acme', { decision: null, entries, dedupeKey: null })).rejects.toMatchObject(
        {
          code: 'AUDIT_WRITE_FAILED',
        },
      );
    }
  });

  it.each([
    ['NUL', 'a\0b'],
    ['a lone surrogate', 'a\ud800b'],
  ])('refuses %s before it is sent', async (_, text) => {
    const entries = [auditEntry({ actionDetail: text })];
    await expect(ledger.record('acme', { decision: null, entries, dedupeKey: null })).rejects.toMatchObject({
      code: 'INVALID_TEXT',
    });
    const named = [auditEntry({ metadata: { [text]: 1 } })];
    await expect(
      ledger.record('acme', { decision: null, entries: named, dedupeKey: null }),
    ).rejects.toMatchObject({ code: 'INVALID_TEXT' });
  });
});

async function begunEffect() {
  const start = effect();
  await ledger.beginEffect('acme', start);
  return start;
}
