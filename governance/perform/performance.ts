import type { DataTouched } from '#domain/audit/audit.ts';
import type { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Decision } from '#domain/policy/decision.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import type { ClassifyData, TargetLabel } from '../classification/classify-data.ts';
import type { RegisteredAction } from '../registered-action.ts';

/** One allowed action, ready to be carried out. */
export interface Performance {
  actor: Actor;
  requestId: string;
  /** Action run id: what the effect is claimed under. */
  runId: string;
  /** The earlier run that a person said to send again. */
  namesRunId: string | null;
  action: RegisteredAction;
  input: unknown;
  inputDigest: string;
  target: string;
  /** What administrators say of the target, where the caller has asked already. */
  targetLabel: TargetLabel | null;
  decision: Decision;
  /** The approval that the effect consumes, and until when it may start. */
  approval: { id: string; actBefore: Date } | null;
  signal: AbortSignal;
  /** Is this the last time that anybody looks? Then what can't be known is said to be unknown. */
  lastTry: boolean;
  /** It may no longer be sent, but an earlier attempt may have: look, and end like this when nothing is there. */
  lookOnly: Final | null;
}

/** The end of a performance. */
export type Final =
  | { kind: 'done'; output: unknown; touched: readonly DataTouched[] }
  | { kind: 'failed'; error: CodedError }
  /** The time after the last vote is over and nothing was sent. */
  | { kind: 'expired' }
  /** Nobody can tell whether it happened: a person is asked. */
  | { kind: 'unknown' };

/** … or: come back after so many milliseconds, when it can be looked for or tried again. */
export type Performed = Final | { kind: 'later'; afterMs: number; error: CodedError };

export type Perform = (performance: Performance) => Promise<Performed>;

export interface PerformOptions {
  ledger: Ledger;
  classify: Pick<ClassifyData, 'touched'>;
  now: () => Date;
  /** Milliseconds after which a request that the network held back has arrived or is taken to be lost. */
  settleMs: number;
  /** Milliseconds that never go back; the process's own by default. */
  monotonicMs?: () => number;
}
