import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { SignedResolution } from '#workflows/messages/request.ts';
import { type Asked, ask, audited, comment, decide, openQuestion, seen } from '../support/ask.ts';
import { admin, asker, colleague, lead, salesLead, signIn } from '../support/cast.ts';
import { eventually } from '../support/eventually.ts';
import { loseOutcome, outcomeUnknown, say, wordOf } from '../support/say-outcome.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import { refusalOf } from '../support/vote.ts';

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin, colleague, salesLead);
});
afterAll(() => worker?.close());

const effectsOf = ({ requestId }: Asked) =>
  worker.provider.effects.filter((runId) => runId.startsWith(requestId));

describe('an outcome that nobody can know', () => {
  it('asks a person, and sends nothing by itself', async () => {
    const asked = await outcomeUnknown(worker);
    expect(await seen(worker, asked.requestId)).toEqual({
      state: 'outcome_unknown',
      actions: ['outcome_unknown'],
      errors: ['OUTCOME_UNKNOWN'],
    });
    expect((await audited(worker, asked.requestId)).at(-1)).toBe('github.issue_commented unknown');
    expect(effectsOf(asked)).toEqual([`${asked.requestId}/1`]);
  });

  it.each([
    ['the one who asked', asker],
    ['a lead of theirs', lead],
    ['an admin', admin],
  ])('happened, says %s: answered', async (_who, person) => {
    const asked = await outcomeUnknown(worker);
    await say(worker, asked, wordOf(asked, person, 'happened'));
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(await seen(worker, asked.requestId)).toMatchObject({ state: 'answered', actions: ['done'] });
    expect((await audited(worker, asked.requestId)).at(-1)).toBe('request.outcome_resolved success');
    expect(effectsOf(asked)).toHaveLength(1);
  });

  it('give up: failed, and its outcome stays unknown', async () => {
    const asked = await outcomeUnknown(worker);
    await say(worker, asked, wordOf(asked, asker, 'give_up'));
    expect(await asked.handle.result()).toEqual({ state: 'failed' });
    expect(await seen(worker, asked.requestId)).toMatchObject({ errors: ['OUTCOME_UNKNOWN'] });
  });

  it('send again: under a new run id that names the old one, after a new approval', async () => {
    const asked = await outcomeUnknown(worker);
    const first = await openQuestion(worker, asked.requestId);
    await say(worker, asked, wordOf(asked, asker, 'send_again'));
    const again = await eventually(
      () => openQuestion(worker, asked.requestId),
      ({ approvalId }) => approvalId !== first.approvalId,
    );
    const run = `${asked.requestId}/1~2`;
    expect(again).toMatchObject({ round: 1, items: [{ runId: run }] });
    expect(effectsOf(asked)).toHaveLength(1);
    await eventually(
      () => decide(worker, asked.requestId, lead, 'approve').catch((error: unknown) => String(error)),
      (answer) => typeof answer !== 'string',
    );
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
    expect(effectsOf(asked)).toEqual([`${asked.requestId}/1`, run]);
    const { rows } = await withAdmin(worker.databases.auditAdminUrl, (client) =>
      client.query('SELECT names_run_id FROM ledger.effect_claims WHERE run_id = $1', [run]),
    );
    expect(rows).toEqual([{ names_run_id: `${asked.requestId}/1` }]);
  });

  it('nobody says anything in time: failed, on record as unknown', async () => {
    const asked = await loseOutcome(worker, { resolutionExpiresMs: 1_000 });
    expect(await asked.handle.result()).toEqual({ state: 'failed' });
    expect(await seen(worker, asked.requestId)).toMatchObject({ errors: ['OUTCOME_UNKNOWN'] });
    expect((await audited(worker, asked.requestId)).at(-1)).toBe('request.outcome_resolved unknown');
  });
});

describe('a word on it', () => {
  it('does not count of people who may not say it, nor unsigned, nor of something else', async () => {
    const asked = await outcomeUnknown(worker);
    const refused = async (claims: SignedResolution['claims'], signature?: string) =>
      refusalOf(say(worker, asked, claims, signature));
    expect(await refused(wordOf(asked, colleague, 'happened'))).toBe('forbidden');
    expect(await refused(wordOf(asked, salesLead, 'happened'))).toBe('forbidden');
    expect(await refused({ ...wordOf(asked, lead, 'happened'), userId: 'never-seen' })).toBe('forbidden');
    expect(await refused(wordOf(asked, lead, 'send_again'), 'x')).toBe('VOTE_SIGNATURE_INVALID');
    expect(await refused({ ...wordOf(asked, lead, 'happened'), tenantId: 'globex' })).toBe('TENANT_MISMATCH');
    const elsewhere = { runId: `${asked.requestId}/1~2` };
    expect(await refused({ ...wordOf(asked, lead, 'happened'), ...elsewhere })).toBe('REQUEST_NOT_PENDING');
    expect(await refused({ ...wordOf(asked, lead, 'happened'), n: 2 })).toBe('REQUEST_NOT_PENDING');
    expect(await seen(worker, asked.requestId)).toMatchObject({ state: 'outcome_unknown' });
    await say(worker, asked, wordOf(asked, lead, 'happened'));
    expect(await asked.handle.result()).toEqual({ state: 'answered' });
  });

  it('does not count on a request that waits for none', async () => {
    const asked = await ask(worker, [comment()]);
    expect(await refusalOf(say(worker, asked, wordOf(asked, asker, 'happened')))).toBe('REQUEST_NOT_PENDING');
  });

  it('counts once, when two people speak at the same moment', async () => {
    for (let run = 0; run < 6; run += 1) {
      const asked = await outcomeUnknown(worker);
      const words = [wordOf(asked, asker, 'happened'), wordOf(asked, lead, 'give_up')];
      const answers = await Promise.allSettled(words.map((word) => say(worker, asked, word)));
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { state } = await asked.handle.result();
      expect(state).toBe(answers[0]?.status === 'fulfilled' ? 'answered' : 'failed');
      expect(await seen(worker, asked.requestId)).toMatchObject({ state });
    }
  });
});
