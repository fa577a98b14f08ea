import type { AuditEntry, AuditOutcome } from '#domain/audit.ts';
import type { MatchedRule } from '#domain/decision.ts';
import { CodedError } from '#domain/error.ts';
import type { Verdict } from '#domain/verdict.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import { leafHash } from './leaf-hash.ts';

/** A decision as the ledger keeps it. */
export interface LedgerDecision {
  decisionId: string;
  requestId: string | null;
  runId: string | null;
  verdict: Verdict;
  rules: readonly MatchedRule[];
  /** What policy was asked; no bodies. */
  input: unknown;
  digest: string;
  /** ISO 8601. */
  at: string;
}

export interface EffectClaim {
  /** Action run id, the claim's key. */
  runId: string;
  requestId: string;
  /** The approval that this effect consumes. */
  approvalId: string | null;
  /** The earlier run that this one sends again. */
  namesRunId: string | null;
  inputDigest: string;
}

export interface EffectAttempt {
  n: number;
  at: string;
}

export interface EffectOutcome {
  outcome: AuditOutcome;
  result: unknown;
  at: string;
}

export interface BegunEffect {
  /** `new`: send now (attempt 1 is on record). `existing`: look before sending. `approval_consumed`: never send. */
  claim: 'new' | 'existing' | 'approval_consumed';
  attempts: readonly EffectAttempt[];
  outcome: EffectOutcome | null;
  /** The database's clock: the settle time is counted against `attempts[].at` with it. */
  now: string;
  /** Input digest of the claim on record; `null` for `approval_consumed`. */
  inputDigest: string | null;
}

/** The one way to write the audit database. Every call is one round trip and one transaction. */
export interface Ledger {
  /** Decision, intent, claim and attempt 1, or nothing and the claim on record. */
  beginEffect(
    tenantId: string,
    effect: { decision: LedgerDecision; entry: AuditEntry; claim: EffectClaim },
  ): Promise<BegunEffect>;
  /** The claim on record (`existing`), or `null` when nobody claimed this run. */
  claimOf(tenantId: string, runId: string): Promise<BegunEffect | null>;
  /** `added: false` when another worker has it, `n` isn't the next one, or the outcome is known. */
  addAttempt(tenantId: string, runId: string, n: number): Promise<{ added: boolean; at: string | null }>;
  /** Outcome and its entry, once per run; a repeated call returns what is on record, `recorded: false`. */
  finishEffect(
    tenantId: string,
    runId: string,
    finish: { entry: AuditEntry; outcome: AuditOutcome; result: unknown },
  ): Promise<EffectOutcome & { recorded: boolean }>;
  /** Entries with or without a decision. Same dedupe key again → nothing written, `false`. */
  record(
    tenantId: string,
    record: { decision: LedgerDecision | null; entries: readonly AuditEntry[]; dedupeKey: string | null },
  ): Promise<boolean>;
}

/** Throws `AUDIT_WRITE_FAILED` for whatever the database says, `INVALID_TEXT` for NUL and lone surrogates. */
export function createLedger({ pool }: { pool: Database }): Ledger {
  async function call<Answer extends object | boolean | null>(
    text: string,
    values: readonly unknown[],
  ): Promise<Answer> {
    try {
      const [row] = await pool.query<{ answer: Answer }>(text, values);
      if (row === undefined) throw new Error('the ledger gave no answer');
      return row.answer;
    } catch (cause) {
      if (cause instanceof CodedError && cause.code === 'INVALID_TEXT') throw cause;
      throw new CodedError('AUDIT_WRITE_FAILED', { cause });
    }
  }
  return {
    beginEffect: async (tenantId, { decision, entry, claim }) => {
      const values = [jsonText(decision), entryText(entry), jsonText(claim)];
      return call('SELECT ledger.begin_effect($1, $2, $3, $4) AS answer', [tenantId, ...values]);
    },
    claimOf: (tenantId, runId) => call('SELECT ledger.claim_of($1, $2) AS answer', [tenantId, runId]),
    addAttempt: (tenantId, runId, n) =>
      call('SELECT ledger.add_attempt($1, $2, $3) AS answer', [tenantId, runId, n]),
    finishEffect: async (tenantId, runId, { entry, outcome, result }) => {
      const values = [entryText(entry), outcome, jsonText(result ?? null)];
      return call('SELECT ledger.finish_effect($1, $2, $3, $4, $5) AS answer', [tenantId, runId, ...values]);
    },
    record: async (tenantId, { decision, entries, dedupeKey }) => {
      const decided = decision === null ? null : jsonText(decision);
      const values = [decided, `[${entries.map(entryText).join()}]`, dedupeKey];
      return call('SELECT ledger.record($1, $2, $3, $4) AS answer', [tenantId, ...values]);
    },
  };
}

// Refused as text before it is hashed: canonical JSON has no form for a lone surrogate.
function entryText(entry: AuditEntry): string {
  const text = jsonText(entry);
  return `${text.slice(0, -1)},"leafHash":"${leafHash(entry)}"}`;
}
