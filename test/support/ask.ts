import type { WorkflowHandle } from '@temporalio/client';
import type { ApprovalQuestion, VoteChoice } from '#domain/approval/approval.ts';
import type { Caller } from '#domain/caller.ts';
import { requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { questionOf } from '#governance/end-approval.ts';
import type { NewAction } from '#stores/request/requests.ts';
import {
  firstOutcome,
  type RequestInput,
  type RequestProgress,
  requestWorkflowType,
} from '#workflows/messages/request.ts';
import { entriesOf } from './audit-entries.ts';

import { asker } from './cast.ts';
import { newAction, newRequest, plannedRequest } from './examples.ts';
import type { TestWorker } from './test-worker.ts';
import { claimsOf, put, signed } from './vote.ts';

const day = 86_400_000;

export interface Asked {
  requestId: string;
  handle: WorkflowHandle;
  /** What the caller is told first. */
  first: RequestProgress;
}

type Waits = Partial<Pick<RequestInput, 'approvalExpiresMs' | 'resolutionExpiresMs'>>;

/** A comment as the planner proposes it; its input is what the registry's action takes. */
export function comment(overrides: Partial<NewAction> = {}): NewAction {
  const input = { repository: 'acme/website', issue_number: 7, body: 'Fixed in 2.1' };
  return newAction({ input, ...overrides });
}

export function reading(): NewAction {
  const input = { repository: 'acme/website', state: 'open' };
  return newAction({ action: 'github_issue_read', effect: 'read', target: 'acme/website', input });
}

export function closing(): NewAction {
  const input = { repository: 'acme/website', pull_number: 9 };
  const of = { action: 'github_pr_close', effect: 'destructive', target: 'acme/website#9' } as const;
  return newAction({ ...of, input });
}

/** Starts a request, from words or planned already, and waits for its first outcome. */
export async function ask(
  worker: TestWorker,
  wish: string | readonly NewAction[],
  waits: Waits = {},
): Promise<Asked> {
  const { requestId, actions } = await prepare(worker, wish);
  const handle = await start(worker, { requestId, ...waits, ...(actions && { actions }) });
  return { requestId, handle, first: await firstOf(worker, requestId) };
}

/** The committed row, and its actions when they need no planner; no workflow yet. */
export async function prepare(
  { stores: { requests } }: TestWorker,
  wish: string | readonly NewAction[],
): Promise<Pick<RequestInput, 'requestId' | 'actions'>> {
  if (typeof wish === 'string') {
    const { request } = await requests.create(asker, newRequest({ text: wish }));
    return { requestId: request.id };
  }
  const requestId = await plannedRequest(requests, [...wish]);
  return { requestId, actions: await requests.savePlan(asker, requestId, { planner: '', actions: [] }) };
}

export function start(
  { temporal, taskQueue }: TestWorker,
  { requestId, ...more }: Pick<RequestInput, 'requestId'> & Partial<RequestInput>,
): Promise<WorkflowHandle> {
  const input = { actor: asker, requestId, approvalExpiresMs: day, resolutionExpiresMs: day, ...more };
  return temporal.as(callerOf(requestId), (client) =>
    client.workflow.start(requestWorkflowType, {
      workflowId: requestWorkflowId(asker.tenantId, requestId),
      taskQueue,
      args: [input],
    }),
  );
}

export function firstOf({ temporal }: TestWorker, requestId: string): Promise<RequestProgress> {
  return temporal.as(callerOf(requestId), (client) =>
    client.workflow
      .getHandle(requestWorkflowId(asker.tenantId, requestId))
      .executeUpdate(firstOutcome, { updateId: requestId }),
  );
}

export function callerOf(requestId: string, { tenantId, userId }: Actor = asker): Caller {
  return { tenantId, actorId: userId, traceId: requestId };
}

/** What people are asked about the n-th action now. */
export async function openQuestion(
  { stores }: TestWorker,
  requestId: string,
  n = 1,
): Promise<ApprovalQuestion> {
  const actions = await stores.requests.actionsOf(asker.tenantId, requestId);
  const approvalId = actions.find((action) => action.n === n)?.approvalId ?? '';
  const stored = await stores.approvals.get(asker.tenantId, approvalId);
  if (stored === undefined) throw new Error(`${requestId}/${n} waits for nobody`);
  return questionOf(stored);
}

/** Somebody decides what is open now, as the gateway would put it. */
export async function decide(
  worker: TestWorker,
  requestId: string,
  voter: Actor,
  choice: VoteChoice,
  n = 1,
): Promise<{ outcome: string }> {
  const question = await openQuestion(worker, requestId, n);
  return put(worker.temporal, question, signed(worker.signer, claimsOf(question, voter, choice)));
}

/** States of a request, of its actions, and error codes, as people see them. */
export async function seen({ stores }: TestWorker, requestId: string) {
  const request = await stores.requests.get(asker.tenantId, requestId);
  const actions = await stores.requests.actionsOf(asker.tenantId, requestId);
  return {
    state: request?.state,
    actions: actions.map(({ state }) => state),
    errors: actions.flatMap(({ errorCode }) => errorCode ?? []),
  };
}

/** The audit of one request, `event outcome`, oldest first. */
export async function audited({ stores }: TestWorker, requestId: string): Promise<string[]> {
  const entries = await entriesOf(stores, asker.tenantId, { requestId });
  return entries.map(({ event, outcome }) => `${event} ${outcome}`).toReversed();
}
