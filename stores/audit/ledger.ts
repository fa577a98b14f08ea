import type { ActionFacts } from '#domain/action/action.ts';
import type { AuditEntry, AuditOutcome } from '#domain/audit/audit.ts';
import type { Classification } from '#domain/classification/classification.ts';
import { CodedError, type ErrorCode } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Decision, MatchedRule } from '#domain/policy/decision.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { RowProofs, TenantProofs } from '../key/row-proofs.ts';
import type { Subject, SubjectStore } from '../person/subjects.ts';
import { createRecordTogether } from './record-together.ts';
import { sealEntry } from './seal-entries.ts';

/** What policy was asked; no texts. */
export interface DecisionInput {
  /** Stored with the person's subject in place of the user id. */
  actor: Pick<Actor, 'userId' | 'role' | 'orgUnit'>;
  action: ActionFacts;
  classification: Classification;
  /** What else the Rego was given, if anything. */
  additional?: unknown;
}

/** A decision for the ledger. */
export interface LedgerDecision {
  decisionId: string;
  requestId: string | null;
  runId: string | null;
  verdict: Verdict;
  rules: readonly MatchedRule[];
  input: DecisionInput;
  digest: string;
  /** ISO 8601. */
  at: string;
}

export interface EffectClaim {
  /** Action run id, under which the claim is made. */
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
  /** The decision that let it send; `null` in attempts from before this was kept. */
  decisionId: string | null;
  /** `null` where its effect may have happened; else it surely has not. */
  ended: AttemptEnd | null;
}

/** Why an attempt surely had no effect. */
export interface AttemptEnd {
  code: ErrorCode;
  /** ISO 8601: before this the provider wants no further call; `null` where it named no time. */
  againAt: string | null;
}

/** The decision under which an effect was claimed, as its intent states it. */
export type ClaimedUnder = Pick<
  Decision,
  'decisionId' | 'verdict' | 'policyApplied' | 'reason' | 'classification'
>;

export interface EffectOutcome {
  outcome: AuditOutcome;
  result: unknown;
  at: string;
}

export interface EffectEnd {
  entry: AuditEntry;
  outcome: AuditOutcome;
  result: unknown;
  attempts: number;
}

export type FinishedEffect = (EffectOutcome & { recorded: boolean }) | { outcome: null; recorded: false };

export interface BegunEffect {
  /** `new`: send now (attempt 1 is on record). `existing`: look before sending. `approval_consumed`: never send. */
  claim: 'new' | 'existing' | 'approval_consumed';
  attempts: readonly EffectAttempt[];
  outcome: EffectOutcome | null;
  /** `null` for a claim that is `new`, and once the intent is older than what is kept. */
  claimedUnder: ClaimedUnder | null;
  /** The time by the database's clock: the settle time of `attempts[].at` is measured against it. */
  now: string;
  /** Input digest of the claim on record; `null` for `approval_consumed`. */
  inputDigest: string | null;
}

/**
 * The one way to write to the audit database. Every call is one round trip and one transaction; calls of `record` share
 * theirs with whatever else of the tenant is recorded at that moment.
 */
export interface Ledger {
  /** Writes decision, intent, claim and attempt 1; or nothing, and returns the claim on record. */
  beginEffect(
    tenantId: string,
    effect: { decision: LedgerDecision; entry: AuditEntry; claim: EffectClaim },
  ): Promise<BegunEffect>;
  /** The claim on record (`existing`), or `null` when nobody claimed this run. */
  claimOf(tenantId: string, runId: string): Promise<BegunEffect | null>;
  /**
   * The next attempt, with the decision that lets it send. `added: false` when another worker has added it, the one
   * before it has not ended, or the outcome is known.
   */
  addAttempt(
    tenantId: string,
    runId: string,
    attempt: { n: number; decision: LedgerDecision },
  ): Promise<{ added: boolean; at: string | null }>;
  /**
   * An attempt surely had no effect. `againInMs`: the provider wants no call for so long; `null` = it named no time.
   * False when that is on record already, or the effect has an outcome.
   */
  endAttempt(
    tenantId: string,
    runId: string,
    end: { n: number; code: ErrorCode; againInMs: number | null },
  ): Promise<boolean>;
  /**
   * Writes outcome and entry, once per run; a repeated call returns what is on record, with `recorded: false`.
   * `attempts`: how many attempts it is about. Unless it is a success, it is refused once there is another, which may
   * just be sending: `outcome` is then `null`.
   */
  finishEffect(tenantId: string, runId: string, finish: EffectEnd): Promise<FinishedEffect>;
  /** Writes entries with or without a decision. If the dedupe key is on record already, nothing is written: `false`. */
  record(
    tenantId: string,
    record: { decision: LedgerDecision | null; entries: readonly AuditEntry[]; dedupeKey: string | null },
  ): Promise<boolean>;
}

interface LedgerOptions {
  pool: Database;
  subjects: SubjectStore;
  rowProofs: RowProofs;
}

/** Throws `AUDIT_WRITE_FAILED` for any error of the databases, `INVALID_TEXT` for NUL and lone surrogates. */
export function createLedger({ pool, subjects, rowProofs }: LedgerOptions): Ledger {
  const call = <Answer extends object | boolean | null>(text: string, values: readonly unknown[]) =>
    auditWrite(async () => {
      const [row] = await pool.query<{ answer: Answer }>(text, values);
      if (row === undefined) throw new Error('the ledger gave no answer');
      return row.answer;
    });
  const recordTogether = createRecordTogether({ pool });
  const proofsOf = (tenantId: string) => auditWrite(() => rowProofs.of(tenantId));
  return {
    beginEffect: async (tenantId, { decision, entry, claim }) => {
      const people = await peopleOf(subjects, tenantId, [entry], decision);
      const proofs = await proofsOf(tenantId);
      const values = [decisionText(decision, people), entryText(entry, people, proofs), jsonText(claim)];
      return call('SELECT ledger.begin_effect($1, $2, $3, $4) AS answer', [tenantId, ...values]);
    },
    claimOf: (tenantId, runId) => call('SELECT ledger.claim_of($1, $2) AS answer', [tenantId, runId]),
    addAttempt: async (tenantId, runId, { n, decision }) => {
      const decided = decisionText(decision, await peopleOf(subjects, tenantId, [], decision));
      return call('SELECT ledger.add_attempt($1, $2, $3, $4) AS answer', [tenantId, runId, n, decided]);
    },
    endAttempt: (tenantId, runId, { n, code, againInMs }) =>
      call('SELECT ledger.end_attempt($1, $2, $3, $4, $5) AS answer', [tenantId, runId, n, code, againInMs]),
    finishEffect: async (tenantId, runId, { entry, outcome, result, attempts }) => {
      const people = await peopleOf(subjects, tenantId, [entry]);
      const values = [
        entryText(entry, people, await proofsOf(tenantId)),
        outcome,
        jsonText(result ?? null),
        attempts,
      ];
      return call('SELECT ledger.finish_effect($1, $2, $3, $4, $5, $6) AS answer', [
        tenantId,
        runId,
        ...values,
      ]);
    },
    record: async (tenantId, { decision, entries, dedupeKey }) => {
      const people = await peopleOf(subjects, tenantId, entries, decision);
      const decided = decision === null ? null : decisionText(decision, people);
      const proofs = await proofsOf(tenantId);
      const texts = entries.map((entry) => entryText(entry, people, proofs));
      const record = { decision: decided, entries: `[${texts.join()}]`, dedupeKey };
      return auditWrite(() => recordTogether(tenantId, record));
    },
  };
}

/**
 * Runs a write to the audit database; every error becomes `AUDIT_WRITE_FAILED`, except for text that can't be stored.
 */
export async function auditWrite<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof CodedError && cause.code === 'INVALID_TEXT') throw cause;
    throw new CodedError('AUDIT_WRITE_FAILED', { cause });
  }
}

type People = ReadonlyMap<string, Subject>;

function peopleOf(
  subjects: SubjectStore,
  tenantId: string,
  entries: readonly AuditEntry[],
  decision: LedgerDecision | null = null,
): Promise<People> {
  const userIds = entries.map(({ userId }) => userId);
  if (decision !== null) userIds.push(decision.input.actor.userId);
  return auditWrite(() => subjects.ensure(tenantId, userIds));
}

function entryText(entry: AuditEntry, people: People, proofs: TenantProofs): string {
  return sealEntry(entry, personOf(entry.userId, people), proofs);
}

function decisionText({ input, ...decision }: LedgerDecision, people: People): string {
  const { userId, ...rights } = input.actor;
  const actor = { subject: personOf(userId, people).subject, ...rights };
  return jsonText({ ...decision, input: { ...input, actor } });
}

function personOf(userId: string, people: People): Subject {
  const person = people.get(userId);
  if (person === undefined) throw new CodedError('AUDIT_WRITE_FAILED');
  return person;
}
