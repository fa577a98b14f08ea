import type { ActionFacts } from '#domain/action/action.ts';
import type { AuditKey, DataTouched } from '#domain/audit/audit.ts';
import type { Classification } from '#domain/classification/classification.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Additional } from '#domain/policy/applicable.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import type { Decide } from './decide.ts';
import { policyErrorCode } from './reason-words.ts';
import { auditEntry, ledgerDecision } from './record.ts';

/** What the system reads of its own data for a person: approvals, audit. */
export interface OwnRead<Output> {
  actor: Actor;
  facts: ActionFacts;
  event: AuditKey;
  /** `approval apr_…`, `entries of org engineering`. */
  detail: string;
  requestId?: string;
  classification: Classification;
  /** What policy is asked beyond the action, such as the purpose. */
  additional?: Additional;
  run(): Promise<{ output: Output; touched: readonly DataTouched[] }>;
}

export type GovernedRead = <Output>(read: OwnRead<Output>) => Promise<Output>;

/** Reads our own data the way any action goes: policy, then the record, then the answer. */
export function createGovernedRead({
  decide,
  ledger,
  now,
}: {
  decide: Decide;
  ledger: Ledger;
  now: () => Date;
}): GovernedRead {
  return async ({ actor, facts, event, detail, requestId, classification, additional, run }) => {
    const inputDigest = sha256Hex(canonicalJson({ detail }));
    const question = {
      actor,
      facts,
      classification,
      origin: 'user',
      target: detail,
      inputDigest,
      runId: null,
      requesterConfirmed: true,
      ...(additional === undefined ? {} : { additional }),
    } as const;
    const decision = await decide(question);
    const allowed = decision.verdict === 'allow' || decision.verdict === 'notify';
    const result = allowed ? await run() : undefined;
    const entry = auditEntry(
      actor,
      {
        event,
        detail,
        decision,
        outcome: allowed ? 'success' : 'denied',
        touched: result?.touched ?? [],
        ...(requestId === undefined ? {} : { requestId }),
      },
      now(),
    );
    const recorded = ledgerDecision(actor, facts, decision, {
      requestId: requestId ?? null,
      runId: null,
      ...(additional === undefined ? {} : { additional }),
    });
    await ledger.record(actor.tenantId, { decision: recorded, entries: [entry], dedupeKey: null });
    if (result === undefined) {
      throw new CodedError(policyErrorCode(decision.rules) ?? 'POLICY_DENIED', { message: decision.reason });
    }
    return result.output;
  };
}
