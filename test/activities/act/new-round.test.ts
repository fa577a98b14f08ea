import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedResult } from '#governance/perform/recorded-result.ts';
import type { ActResult } from '#workflows/messages/action.ts';
import { type ActScene, asked, openActScene } from '../../support/act-scene.ts';
import { lead } from '../../support/cast.ts';
import type { SendFault } from '../../support/memory-provider.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const minute = 60_000;

/** What has become of the first attempt before the action is looked at again. */
const tried = {
  nothing: [],
  'surely not sent': ['busy'],
  'not to be found': ['cut'],
  'there, unheard of': ['lost'],
  'unknown for good': ['lost'],
  'done, on record': ['ok'],
  'refused, on record': ['refused'],
} as const satisfies Record<string, readonly SendFault[]>;

type Tried = keyof typeof tried;

/** What is true by then. */
const changes = {
  'still approved': () => {},
  'policy denies it': ({ policy }: ActScene) => {
    policy.verdict = 'deny';
  },
  'policy says otherwise': ({ policy }: ActScene) => {
    policy.code = 'another_rule';
  },
  'the vote is void': ({ people }: ActScene) => {
    people.delete(lead.userId);
  },
  'its workflow was started anew': () => {},
  'its time is over': ({ clock }: ActScene) => {
    clock.aheadMs = 15 * minute;
  },
} as const satisfies Record<string, (scene: ActScene) => void>;

type Change = keyof typeof changes;

interface End {
  kind: ActResult['kind'];
  /** Action run ids without the request's, of everything that happened at the provider. */
  effects: string[];
  state: string;
  error: string | null;
  /** Of the first run's outcome in the ledger; `null`: nobody claimed it. */
  recorded: string | null;
  approval: string;
}

const surelyAbsent: readonly Tried[] = ['nothing', 'surely not sent', 'not to be found'];

/** The right end of each cell. */
function endOf(was: Tried, now: Change): End {
  const claimed = was !== 'nothing';
  if (was === 'unknown for good') {
    const error = 'OUTCOME_UNKNOWN';
    return {
      kind: 'outcome_unknown',
      effects: ['1'],
      state: 'outcome_unknown',
      error,
      recorded: 'unknown',
      approval: 'consumed',
    };
  }
  if (was === 'refused, on record') {
    const error = 'permission_denied';
    return { kind: 'failed', effects: [], state: 'failed', error, recorded: 'failed', approval: 'consumed' };
  }
  if (!surelyAbsent.includes(was) || now === 'still approved') {
    return {
      kind: 'done',
      effects: ['1'],
      state: 'done',
      error: null,
      recorded: 'done',
      approval: 'consumed',
    };
  }
  const unsent = { effects: [], recorded: claimed ? 'unsent' : null, approval: 'stale' };
  switch (now) {
    case 'policy denies it':
      return { ...unsent, kind: 'denied', state: 'denied', error: 'POLICY_DENIED' };
    case 'policy says otherwise':
      return { ...unsent, kind: 'stale', state: 'stale', error: 'APPROVAL_STALE' };
    case 'the vote is void':
      return { ...unsent, kind: 'needs_approval', state: 'waiting_approval', error: null };
    case 'its workflow was started anew':
      return { ...unsent, kind: 'needs_approval', state: 'waiting_approval', error: null };
    case 'its time is over':
      return { ...unsent, ...lateEnd(was) };
  }
}

/** Without an attempt nobody is to blame; else the cause is told. */
function lateEnd(was: Tried): Pick<End, 'kind' | 'state' | 'error' | 'recorded' | 'approval'> {
  if (was === 'surely not sent') {
    return {
      kind: 'failed',
      state: 'failed',
      error: 'api_rate_limited',
      recorded: 'failed',
      approval: 'consumed',
    };
  }
  const recorded = was === 'nothing' ? null : 'expired';
  return { kind: 'expired', state: 'expired', error: 'APPROVAL_EXPIRED', recorded, approval: 'stale' };
}

/** Asked, approved by the lead, and tried once in this way; then this changes. */
async function scene(was: Tried, now: Change) {
  const made = await openActScene(opened);
  const first = await made.act();
  if (first.kind !== 'needs_approval') throw new Error(`not asked: ${first.kind}`);
  const approval = await made.approve(first.question);
  made.provider.nextSends = [...tried[was]];
  if (was !== 'nothing') await made.actOnce({ approval }).catch(() => {});
  if (was === 'unknown for good') made.provider.nextLooks = Array.from({ length: 40 }, () => 'shut' as const);
  changes[now](made);
  return { made, approval };
}

async function endIn({ made, approval }: Awaited<ReturnType<typeof scene>>, now: Change): Promise<End> {
  // Whoever starts anew knows of no vote.
  const isAnew = now === 'its workflow was started anew';
  const { kind } = await made.act(isAnew ? {} : { approval });
  const { requestId, provider } = made;
  const [action] = await opened.stores.requests.actionsOf('acme', requestId);
  const claim = await opened.stores.ledger.claimOf('acme', `${requestId}/1`);
  const stored = await opened.stores.approvals.get('acme', approval.question.approvalId);
  return {
    kind,
    effects: provider.effects.map((runId) => runId.replace(`${requestId}/`, '')),
    state: action?.state ?? '',
    error: action?.errorCode ?? null,
    recorded: claim?.outcome ? recordedResult.parse(claim.outcome.result).kind : null,
    approval: stored?.state ?? '',
  };
}

const cells = Object.keys(tried).flatMap((was) =>
  Object.keys(changes).map((now) => [was, now] as [Tried, Change]),
);

describe('an action that was approved, tried once in some way, and is looked at again', () => {
  it.each(cells)('%s; %s: ends as it should, wherever the worker dies', async (was, now) => {
    const wanted = endOf(was, now);
    const quiet = await scene(was, now);
    const before = quiet.made.writes;
    expect(await endIn(quiet, now)).toEqual(wanted);
    const writes = quiet.made.writes - before;
    const deaths = Array.from({ length: writes }, (_, index) => index + 1);
    const ends = await Promise.all(
      deaths.map(async (dieAt) => {
        const again = await scene(was, now);
        again.made.dieAfter = again.made.writes + dieAt;
        return endIn(again, now);
      }),
    );
    expect(ends).toEqual(deaths.map(() => wanted));
  });
});

describe('a new round about what surely was not sent', () => {
  it.each([
    ['nothing', '1'],
    ['surely not sent', '1~2'],
    ['not to be found', '1~2'],
  ] as const)(
    '%s: is one question, under a run that is free, and its approval is one effect',
    async (was, run) => {
      const { made, approval } = await scene(was, 'the vote is void');
      const first = asked(await made.act({ approval }));
      expect(first).toMatchObject({ runId: run, round: 2 });
      // The worker died before anybody heard of it, or the workflow was started anew and has forgotten every vote.
      expect(asked(await made.act({ approval })).question).toEqual(first.question);
      expect(asked(await made.act()).question).toEqual(first.question);
      const stored = await opened.stores.approvals.get('acme', first.question.approvalId);
      expect(stored).toMatchObject({ state: 'pending', askedAgain: 'vote_void' });

      made.people.set(lead.userId, lead);
      const second = await made.approve(first.question);
      expect(await made.act({ approval: second })).toEqual({ kind: 'done' });
      expect(made.provider.effects).toEqual([`${made.requestId}/${run}`]);
      expect(await made.act({ approval: second })).toEqual({ kind: 'done' });
      expect(made.provider.effects).toHaveLength(1);
      const names = await opened.stores.ledger.claimOf('acme', `${made.requestId}/${run}`);
      expect(names?.outcome?.outcome).toBe('success');
    },
  );

  it('void again and again: each round is asked once, under the next run where one was tried', async () => {
    const { made, approval } = await scene('surely not sent', 'the vote is void');
    let given = approval;
    for (const [round, run] of [
      [2, '1~2'],
      [3, '1~3'],
      [4, '1~4'],
    ] as const) {
      made.people.delete(lead.userId);
      const question = asked(await made.act({ approval: given }));
      expect(question).toMatchObject({ round, runId: run });
      made.people.set(lead.userId, lead);
      given = await made.approve(question.question);
      made.provider.nextSends = ['busy'];
      await made.actOnce({ approval: given }).catch(() => {});
    }
    expect(await made.act({ approval: given })).toEqual({ kind: 'done' });
    expect(made.provider.effects).toEqual([`${made.requestId}/1~4`]);
  });
});
