import type { DataTouched } from '#domain/audit/audit.ts';
import type { CodedError, ErrorCode } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Decision } from '#domain/policy/decision.ts';
import type { WaitsTo } from '#domain/request/request.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import type { ClassifyData, TargetLabel } from '../classification/classify-data.ts';
import type { RegisteredAction } from '../registered-action.ts';

/** One allowed action, ready to be carried out. */
export interface Performance {
  actor: Actor;
  requestId: string;
  /** Action run id, under which the effect is claimed. */
  runId: string;
  /** The earlier run that a person said to send again. */
  namesRunId: string | null;
  action: RegisteredAction;
  input: unknown;
  inputDigest: string;
  target: string;
  /** The label that administrators gave to the target, where the caller has already read it. */
  targetLabel: TargetLabel | null;
  decision: Decision;
  /** The approval that the effect consumes, and until when it may start. */
  approval: { id: string; actBefore: Date } | null;
  signal: AbortSignal;
  /** Will nobody try again after this? Then an outcome that can't be known is reported as unknown. */
  lastTry: boolean;
  /** Which of its tries this is, from 1: the pauses between looks that tell nothing grow with it. */
  nthTry: number;
  /**
   * It may no longer be sent, but an earlier attempt may have sent it: look, and end like this when nothing is found.
   */
  lookOnly: Final | null;
}

/** The end of a performance. */
export type Final =
  | { kind: 'done'; output: unknown; touched: readonly DataTouched[] }
  | { kind: 'failed'; error: CodedError }
  /** Too much time has passed since the last vote, and nothing was sent. */
  | { kind: 'expired' }
  /** It may no longer be sent under this run, and surely was not. */
  | { kind: 'unsent'; code: ErrorCode }
  /** It can't be known whether it happened: a person is asked. */
  | { kind: 'unknown' };

/** … or: try again after so many milliseconds, when it can be looked for or sent again. */
export type Performed = Final | { kind: 'later'; afterMs: number; error: CodedError; to: WaitsTo };

export type Perform = (performance: Performance) => Promise<Performed>;

export interface PerformOptions {
  ledger: Ledger;
  classify: Pick<ClassifyData, 'touched'>;
  now: () => Date;
  /**
   * The settle time (`EFFECT_SETTLE_MS`): after so many milliseconds a request that the network delayed has arrived or
   * never will.
   */
  effectSettleMs: number;
  /** A clock that never goes back; default: that of the process. */
  monotonicMs?: () => number;
}
