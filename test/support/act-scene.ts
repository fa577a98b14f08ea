import { ApplicationFailure } from '@temporalio/common';
import { createAct } from '#activities/act/act.ts';
import type { ActOptions } from '#activities/act/acting.ts';
import type { PlannedAction } from '#domain/action/action.ts';
import type { ApprovalQuestion, SignedVote } from '#domain/approval/approval.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import { createVoteCheck, type VoteCheck } from '#governance/check-approval.ts';
import { createClassifyData } from '#governance/classification/classify-data.ts';
import { createDecide } from '#governance/decide.ts';
import { createEndApproval } from '#governance/end-approval.ts';
import { createPerform } from '#governance/perform/perform.ts';
import type { RightsNow } from '#governance/person/rights-now.ts';
import type { ActInput, ActResult } from '#workflows/messages/action.ts';
import { aheadLedger } from './ahead-ledger.ts';
import { comment, reading } from './ask.ts';
import { asker, lead } from './cast.ts';
import { plannedRequest } from './examples.ts';
import { createMemoryProvider, type MemoryProvider } from './memory-provider.ts';
import type { TestStores } from './open-test-stores.ts';
import { freshSigner } from './signing.ts';
import { claimsOf, signed } from './vote.ts';

/** A worker that died: whatever it was about to do next did not happen. */
export class Died extends Error {}

export interface ActScene {
  requestId: string;
  provider: MemoryProvider;
  /** Milliseconds that the worker's clock is ahead. */
  clock: { aheadMs: number };
  /** What policy says. */
  policy: { verdict: Verdict; code: string };
  /** Whose rights the identity provider confirms, unless the scene was given another to ask. */
  people: Map<string, Actor>;
  /** The worker dies right after so many writes; `undefined`: it lives. */
  dieAfter: number | undefined;
  /** Writes until now. */
  writes: number;
  /** How often an attempt was told to come back, and with what. */
  comebacks: ApplicationFailure[];
  /** The check of votes that this worker makes. */
  checkVote: VoteCheck;
  /** Acts, and again after each death and as often as Temporal is asked to, until there is a result. */
  act(more?: Partial<ActInput>): Promise<ActResult>;
  /** One attempt. */
  actOnce(more?: Partial<ActInput>, attempt?: number): Promise<ActResult>;
  /** The question as somebody who may decide it answers it now. */
  approve(question: ApprovalQuestion, voter?: Actor): Promise<NonNullable<ActInput['approval']>>;
}

export const approvalExpiresMs = 30 * 60_000;

/** One comment on its way through the real governance and the real databases; policy, people and provider are given. */
export async function openActScene(
  { stores }: TestStores,
  {
    action = 'comment',
    effectSettleMs = 2,
    ...given
  }: { action?: 'comment' | 'read'; effectSettleMs?: number; rightsNow?: RightsNow } = {},
): Promise<ActScene> {
  const { signer, verify } = freshSigner();
  const provider = createMemoryProvider();
  const requestId = await plannedRequest(stores.requests, [action === 'read' ? reading() : comment()], asker);
  const [planned] = await stores.requests.savePlan(asker, requestId, { planner: '', actions: [] });
  if (planned === undefined) throw new Error('nothing planned');
  const now = () => new Date(Date.now() + scene.clock.aheadMs);
  const rightsNow: RightsNow = given.rightsNow ?? (async (_tenantId, userId) => scene.people.get(userId));
  const checkVote = createVoteCheck({ verify, rightsNow });
  const mortal = <Store extends object>(store: Store, names: readonly (keyof Store)[]): Store => {
    const writing =
      (write: (...given: never[]) => Promise<unknown>) =>
      async (...given: never[]) => {
        const done = await write(...given);
        scene.writes += 1;
        if (scene.writes === scene.dieAfter) throw new Died();
        return done;
      };
    const overridden = Object.fromEntries(names.map((name) => [name, writing(store[name] as never)]));
    return { ...store, ...overridden };
  };
  const clock = { aheadMs: 0 };
  const ledger = mortal(aheadLedger(stores.ledger, clock), [
    'record',
    'beginEffect',
    'addAttempt',
    'endAttempt',
    'finishEffect',
  ]);
  const approvals = mortal(stores.approvals, ['open', 'close']);
  const options: ActOptions = {
    ...stores,
    ledger,
    requests: mortal(stores.requests, ['finishAction', 'waitWithAction', 'goOnWithAction']),
    approvals,
    now,
    rightsNow,
    checkVote,
    endApproval: createEndApproval({ approvals, ledger, checkVote }),
    classify: createClassifyData(stores),
    openAction: provider.openAction,
    decide: createDecide({ now, evaluate: async () => [ruleOf(scene.policy)] }),
    perform: createPerform({
      ledger,
      classify: createClassifyData(stores),
      now,
      effectSettleMs,
      monotonicMs: () => 0,
    }),
  };
  const scene: ActScene = {
    requestId,
    provider,
    clock,
    policy: { verdict: 'require_approval', code: 'approval_wanted' },
    people: new Map([asker, lead].map((person) => [person.userId, person])),
    dieAfter: undefined,
    writes: 0,
    comebacks: [],
    checkVote,
    actOnce: (more, attempt = 1) =>
      createAct(options, () => ({ attempt, signal: new AbortController().signal }))({
        ...orderOf(requestId, planned),
        ...more,
      }),
    async act(more) {
      for (let attempt = 1; attempt <= 30; attempt += 1) {
        try {
          return await scene.actOnce(more, attempt);
        } catch (error) {
          if (error instanceof Died) continue;
          if (!(error instanceof ApplicationFailure)) throw error;
          scene.comebacks.push(error);
          await new Promise((resolve) => setTimeout(resolve, 4));
        }
      }
      throw new Error('no end');
    },
    async approve(question, voter = lead) {
      const at = now().toISOString();
      const vote: SignedVote = signed(signer, { ...claimsOf(question, voter, 'approve'), at });
      const closing = { state: 'approved', decidedBy: voter.userId, reasonRef: null } as const;
      await stores.approvals.close('acme', question.approvalId, closing);
      return { question, votes: [vote] };
    },
  };
  return scene;
}

function orderOf(requestId: string, planned: PlannedAction): ActInput {
  return { actor: asker, requestId, sending: 1, approvalExpiresMs, ...planned };
}

function ruleOf({ verdict, code }: ActScene['policy']) {
  return {
    domain: 'actions' as const,
    verdict,
    code,
    level: 'enterprise' as const,
    policyId: 'pol_1',
    policyName: null,
    policyVersion: 1,
    rule: code,
  };
}

/** A question to people, with the run and the round that it is about; throws when it is none. */
export function asked(result: ActResult) {
  if (result.kind !== 'needs_approval') throw new Error(`not asked: ${result.kind}`);
  const [item] = result.question.items;
  return { ...result, runId: item?.runId.split('/')[1], round: result.question.round };
}
