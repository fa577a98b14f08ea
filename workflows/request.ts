import { allHandlersFinished, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { PlannedAction } from '#domain/action/action.ts';
import type { ApprovalQuestion } from '#domain/approval/approval.ts';
import { approvalWorkflowId, requestWorkflowId, sendingOfActionRun } from '#domain/ids.ts';
import type { RequestState } from '#domain/request/request.ts';
import { act, expireResolution, plan, recordResolution, untilWorking } from './activities.ts';
import { approval } from './approval.ts';
import { readable, refuse } from './failures.ts';
import type { ActInput, ActResult } from './messages/action.ts';
import type { Planned } from './messages/plan.ts';
import {
  firstOutcome,
  lookAgain,
  type RequestInput,
  type RequestProgress,
  requestProgress,
  resolveOutcome,
  type SignedResolution,
} from './messages/request.ts';
import { refuseForeign } from './refuse-foreign.ts';
import { startChildOf } from './start-child.ts';
import { showState } from './visibility.ts';
import { inWorkingTime } from './working-time.ts';

/** How one action ended, once nothing more can happen to it. */
type Ending = Exclude<RequestState, 'received' | 'running' | 'queued' | 'outcome_unknown'>;

/** An effect with an unknown outcome, about which a person is asked. */
interface OpenQuestion {
  n: number;
  runId: string;
  /** The answer that is being recorded; the first one recorded counts. */
  word: SignedResolution | undefined;
  recording: boolean;
}

/**
 * One request: plan, then one action after the other, each asking policy and, where policy says so, a person. Stops at
 * the first action that isn't done.
 */
export async function request(input: RequestInput): Promise<RequestProgress> {
  refuseForeign(() => requestWorkflowId(input.actor.tenantId, input.requestId));
  const { actor, requestId } = input;
  let progress: RequestProgress = { state: 'running' };
  let openQuestion: OpenQuestion | undefined;
  let hasNews = false;

  setHandler(requestProgress, () => progress);
  setHandler(firstOutcome, async () => {
    await condition(() => progress.state !== 'running');
    return progress;
  });
  setHandler(lookAgain, () => {
    hasNews = true;
  });
  setHandler(
    resolveOutcome,
    async (resolution) => {
      const question = openQuestion;
      if (question === undefined) throw refuse('REQUEST_NOT_PENDING');
      // Nothing may be awaited between this look and the change below: all who wait are woken together.
      while (question.recording) await condition(() => !question.recording);
      if (question.word !== undefined || openQuestion !== question) throw refuse('REQUEST_NOT_PENDING');
      question.recording = true;
      try {
        const problem = await recordResolution(actor, resolution);
        if (problem !== null) throw refuse(problem ?? 'CONTENT_UNREADABLE');
        question.word = resolution;
      } finally {
        question.recording = false;
      }
      return progress;
    },
    {
      validator: (resolution) => {
        const { claims } = resolution;
        const asked = openQuestion?.runId === claims.runId && openQuestion?.n === claims.n;
        if (!asked || claims.requestId !== requestId) throw refuse('REQUEST_NOT_PENDING');
      },
    },
  );

  const planned: Planned =
    input.actions === undefined
      ? readable(await plan(actor, requestId))
      : { kind: 'planned', actions: input.actions };
  if (planned.kind !== 'planned') return finish(planned.kind);
  for (const action of planned.actions) {
    const ending = await carryOut(action);
    if (ending !== 'answered') return finish(ending);
  }
  return finish('answered');

  /** Acts; if a person has to be asked, asks and acts with the answer; until the action has ended. */
  async function carryOut(action: PlannedAction): Promise<Ending> {
    let waited = 0;
    let ordered: ActInput = order(action, 1);
    let result = await acted(ordered);
    for (;;) {
      switch (result.kind) {
        case 'done':
          return 'answered';
        case 'denied':
        case 'rejected':
        case 'withdrawn':
        case 'stale':
        case 'expired':
        case 'failed':
          return result.kind;
        case 'needs_approval': {
          const { question, expiresMs } = result;
          const asked = await askHuman(question, expiresMs);
          // Not sooner: people who see the approval must be able to decide it.
          show({ state: 'queued', approvalId: question.approvalId });
          const answer = await asked.result();
          if (answer.outcome !== 'approved') return answer.outcome;
          show({ state: 'running' });
          // Asked anew about what surely was not sent, it is the next run.
          const sending = Math.max(1, ...question.items.map(({ runId }) => sendingOfActionRun(runId)));
          ordered = { ...order(action, sending), approval: { question, votes: answer.votes } };
          result = await acted(ordered);
          break;
        }
        case 'outcome_unknown': {
          const word = await askWhatHappened(action.n, result);
          if (word === 'happened') return 'answered';
          if (word === 'give_up') return 'failed';
          ordered = order(action, sendingOfActionRun(result.runId) + 1);
          result = await acted(ordered);
          break;
        }
        case 'held':
          // The tenant is suspended. Afterwards a fresh activity, with all its attempts, looks for what an earlier one
          // sent.
          await untilWorking(actor.tenantId);
          result = await acted(ordered);
          break;
        case 'waits':
          // A fresh activity afterwards: however often it waits, none of its tries are used up.
          await condition(() => hasNews, result.ms);
          waited += 1;
          ordered = { ...ordered, waited };
          result = await acted(ordered);
          break;
      }
    }
  }

  /** What has changed until now is seen by this attempt; what changes from now on is news. */
  async function acted(ordered: ActInput): Promise<ActResult> {
    hasNews = false;
    return readable(await act(ordered));
  }

  function order(action: PlannedAction, sending: number) {
    const { n, inputRef, inputDigest, target, origin } = action;
    const { approvalExpiresMs } = input;
    return {
      actor,
      requestId,
      n,
      sending,
      action: action.action,
      inputRef,
      inputDigest,
      target,
      origin,
      approvalExpiresMs,
    };
  }

  function askHuman(question: ApprovalQuestion, expiresMs = input.approvalExpiresMs) {
    const { tenantId } = actor;
    return startChildOf(approval, {
      tenantId,
      kind: 'approval',
      workflowId: approvalWorkflowId(tenantId, question.approvalId, question.round),
      input: { question, requester: actor, expiresMs },
      summary: question.items.map(({ target }) => target).join(', '),
    });
  }

  /** Asks a person what became of an effect whose outcome we can't know; without an answer in time it stays unknown. */
  async function askWhatHappened(n: number, { runId }: Extract<ActResult, { kind: 'outcome_unknown' }>) {
    const question: OpenQuestion = { n, runId, word: undefined, recording: false };
    openQuestion = question;
    show({ state: 'outcome_unknown' });
    await inWorkingTime(() => question.word !== undefined, {
      tenantId: actor.tenantId,
      approvalId: null,
      ms: input.resolutionExpiresMs,
    });
    while (question.recording) await condition(() => !question.recording);
    openQuestion = undefined;
    show({ state: 'running' });
    if (question.word !== undefined) return question.word.claims.resolution;
    await expireResolution(actor, { requestId, n, runId });
    return 'give_up';
  }

  function show(next: RequestProgress): void {
    progress = next;
    showState(next.state);
    setCurrentDetails(describe(next));
  }

  async function finish(state: RequestState): Promise<RequestProgress> {
    show({ state });
    await condition(allHandlersFinished);
    return progress;
  }

  function describe({ state, approvalId }: RequestProgress): string {
    return approvalId === undefined
      ? `**${state}**: ${requestId}`
      : `**${state}**: ${requestId} waits for ${approvalId}`;
  }
}
