import type { ActionFacts, Effect, Origin, PlannedAction } from '#domain/action/action.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { ErrorCode } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Role } from '#domain/person/role.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import type { ActionState, RequestState, Wait } from '#domain/request/request.ts';

/** A request as it is stored; texts are content rows. Times are ISO 8601. */
export interface StoredRequest {
  id: string;
  tenantId: string;
  userId: string;
  role: Role;
  orgUnit: string;
  idempotencyKey: string;
  bodyDigest: string;
  textRef: string;
  state: RequestState;
  planner: string | null;
  /** The content row `{ answer, suggestions }` of a text that was not understood. */
  answerRef: string | null;
  createdAt: string;
  startedAt: string | null;
  updatedAt: string;
  finishedAt: string | null;
}

/** One action of a request as it is stored. */
export interface StoredAction extends PlannedAction {
  requestId: string;
  /** 1, or more after "send again", or where people were asked anew about what surely was not sent. */
  sending: number;
  connector: string;
  effect: Effect;
  state: ActionState;
  classification: Classification;
  verdict: Verdict | null;
  reason: string | null;
  policyApplied: string | null;
  approvalId: string | null;
  resultRef: string | null;
  errorCode: ErrorCode | null;
  /** What it waits for; `null` when it doesn't. */
  waits: Wait | null;
  /** The time before which the provider takes no call, also of an action that has ended; ISO 8601. */
  namedTime: string | null;
  updatedAt: string;
}

export interface NewRequest {
  id: string;
  idempotencyKey: string;
  /** SHA-256 (hex) of the canonical body. */
  bodyDigest: string;
  text: string;
}

export interface NewAction {
  action: ActionFacts['id'];
  connector: string;
  effect: Effect;
  target: string;
  input: unknown;
  classification: Classification;
  origin: Origin;
}

export interface FinishedAction {
  requestId: string;
  n: number;
  /** `planned` with a higher `sending`: send it again. */
  state: ActionState;
  verdict?: Verdict;
  reason?: string;
  policyApplied?: string;
  classification?: Classification;
  /** JSON value; sealed into a content row of the requester. */
  result?: unknown;
  errorCode?: ErrorCode;
  approvalId?: string;
  /** The time that the provider named, ISO 8601: before it, asking again is of no use. */
  namedTime?: string | undefined;
  /** The sending that this ends; one that is lower than on record changes nothing. */
  sending?: number;
}

export interface WaitingAction {
  requestId: string;
  n: number;
  sending: number;
  wait: Wait;
}

/** `begun`: act on it. `finished`: an earlier attempt has done so; its record is the answer. */
export type BegunAction =
  | {
      status: 'begun';
      request: StoredRequest;
      action: StoredAction;
      input: unknown;
      /** The label that administrators gave the target; `null` when they gave none. */
      override: Classification | null;
    }
  | { status: 'finished'; request: StoredRequest; action: StoredAction };

/** The item that an action is about; its label by administrators is read as it holds in this unit. */
export interface ActionTarget {
  /** `github:acme/website#7` */
  item: string;
  orgUnit: string;
}

export interface RequestFilter {
  userId?: string;
  state?: RequestState;
  limit: number;
  /** Only requests older than this request id. */
  before?: string;
}

/** What the sweeper looks after. */
export interface DueRequest extends StoredRequest {
  /** No process of this installation wrote it: it is nobody's request, and is not started. */
  isForeign: boolean;
}

/** A request that no process of this installation wrote is as if it weren't there, but for the sweeper. */
export interface RequestStore {
  /** Same key and body → the stored row, `created: false`; same key, other body → `IDEMPOTENCY_KEY_REUSED`. */
  create(actor: Actor, request: NewRequest): Promise<{ request: StoredRequest; created: boolean }>;
  /** `undefined` when there is none in this tenant. */
  get(tenantId: string, id: string): Promise<StoredRequest | undefined>;
  /** Newest first. */
  list(tenantId: string, filter: RequestFilter): Promise<StoredRequest[]>;
  /** In order; empty before the plan is saved. */
  actionsOf(tenantId: string, id: string): Promise<StoredAction[]>;
  /** Actions of several requests at once, by request id. */
  actionsOfAll(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoredAction[]>>;
  /** What the person wrote. */
  text(tenantId: string, id: string): Promise<string>;
  /** The same of several requests at once, by request id; throws `NOT_FOUND` when one of them has none. */
  texts(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** received → running; any other state stays. Returns the row as it is now; throws `NOT_FOUND`. */
  markStarted(tenantId: string, id: string): Promise<StoredRequest>;
  /** Rows whose workflow was never seen to start, oldest first; read by the sweeper. */
  unstarted(tenantId: string, filter: { olderThanMs: number; limit: number }): Promise<DueRequest[]>;
  /** Rows that have started, are not final and haven't changed for so long, by id, after this request id. */
  underWay(
    tenantId: string,
    filter: { quietMs: number; after: string; limit: number },
  ): Promise<DueRequest[]>;
  /** Ends what `isForeign` as failed; what has ended stays. */
  endForeign(tenantId: string, id: string): Promise<void>;
  /** Marks such a row as changed now. */
  noteRestart(tenantId: string, id: string): Promise<void>;
  /** Withdraws it if it was still `received` and the requester's own; true when it did. */
  withdrawUnstarted(tenantId: string, id: string, userId: string): Promise<boolean>;
  /**
   * Withdraws the requester's own request while its action waits until it may be sent, and the approval with it; true
   * when it did.
   */
  withdrawWaiting(tenantId: string, id: string, userId: string): Promise<boolean>;
  /** Idempotent: the first plan stays. Throws `REQUEST_NOT_PENDING` when the request is final. */
  savePlan(
    actor: Actor,
    requestId: string,
    plan: { planner: string; actions: readonly NewAction[] },
  ): Promise<PlannedAction[]>;
  /** State → answered, with no action. Idempotent. */
  saveNotUnderstood(
    actor: Actor,
    requestId: string,
    plan: { planner: string; answer: string; suggestions: readonly string[] },
  ): Promise<void>;
  /** Throws `REQUEST_NOT_PENDING` when the request is final and this action isn't, `NOT_FOUND`. */
  beginAction(tenantId: string, requestId: string, n: number, target: ActionTarget): Promise<BegunAction>;
  /** Shows what the action waits for; nothing is called meanwhile. Throws `REQUEST_NOT_PENDING` when it is final. */
  waitWithAction(tenantId: string, waiting: WaitingAction): Promise<void>;
  /** The wait is over: from here on it can't be withdrawn. Throws `REQUEST_NOT_PENDING` when it was. */
  goOnWithAction(tenantId: string, requestId: string, n: number): Promise<void>;
  /** Idempotent; a final state of an action or a request never changes again. Returns the rows as they are now. */
  finishAction(
    tenantId: string,
    finished: FinishedAction,
  ): Promise<{ request: StoredRequest; action: StoredAction }>;
}
