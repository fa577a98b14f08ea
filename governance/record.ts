import type { ActionFacts } from '#domain/action/action.ts';
import {
  type AuditEntry,
  type AuditKey,
  type AuditOutcome,
  actionTypeOf,
  type DataTouched,
} from '#domain/audit/audit.ts';
import type { Classification } from '#domain/classification/classification.ts';
import { labelOf } from '#domain/classification/derive-classification.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Additional } from '#domain/policy/applicable.ts';
import type { Decision } from '#domain/policy/decision.ts';
import { newId } from '#platform/new-id.ts';
import type { Ledger, LedgerDecision } from '#stores/audit/ledger.ts';

/** What an audit entry says beyond who and when. */
export interface EntryFacts {
  event: AuditKey;
  /** What was done to what: `comment_issue on acme/website#7`. Never the text itself. */
  detail: string;
  outcome: AuditOutcome;
  decision?: Pick<Decision, 'decisionId' | 'verdict' | 'policyApplied' | 'reason' | 'classification'>;
  requestId?: string;
  touched?: readonly DataTouched[];
  /** The label of what was asked about, where no data was touched. */
  classification?: Classification;
  /** The model that was asked, and the tokens it used once they are known. */
  model?: { used: string; tokens: { input: number; output: number } | null };
  metadata?: AuditEntry['metadata'];
}

/** Builds one audit entry; only governance does. */
export function auditEntry(actor: Actor, facts: EntryFacts, at: Date): AuditEntry {
  const { decision, touched = [] } = facts;
  const asked = facts.classification ?? decision?.classification ?? null;
  return {
    id: newId('audit'),
    tenantId: actor.tenantId,
    orgUnit: actor.orgUnit,
    userId: actor.userId,
    timestamp: at.toISOString(),
    actionType: actionTypeOf(facts.event),
    event: facts.event,
    actionDetail: facts.detail,
    dataAccessed: touched,
    modelUsed: facts.model?.used ?? null,
    modelTokens: facts.model?.tokens ?? null,
    dataClassification: touched.length > 0 ? labelOf(touched) : asked,
    policyApplied: decision?.policyApplied ?? '',
    policyResult: decision?.verdict ?? null,
    policyReason: decision?.reason ?? '',
    outcome: facts.outcome,
    requestId: facts.requestId ?? null,
    decisionId: decision?.decisionId ?? null,
    metadata: facts.metadata ?? {},
  };
}

/** The decision as the ledger stores it, with what policy was asked, so that it can be replayed. */
export function ledgerDecision(
  actor: Actor,
  facts: ActionFacts,
  decision: Decision,
  { additional, ...ids }: { requestId: string | null; runId: string | null; additional?: Additional },
): LedgerDecision {
  const { decisionId, verdict, rules, digest, at, classification } = decision;
  const { role, orgUnit, userId } = actor;
  return {
    ...ids,
    decisionId,
    verdict,
    rules,
    digest,
    at,
    input: {
      actor: { userId, role, orgUnit },
      action: { ...facts },
      classification,
      ...(additional === undefined ? {} : { additional }),
    },
  };
}

/** An entry with a `dedupeKey` that is on record already is not written, so that a retry leaves one entry. */
export type RecordEvent = (actor: Actor, facts: EntryFacts & { dedupeKey?: string }) => Promise<void>;

/** Records what needs no decision of its own: sign-in, votes, changes of policies, administration. Throws `AUDIT_WRITE_FAILED`. */
export function createRecordEvent({ ledger, now }: { ledger: Ledger; now: () => Date }): RecordEvent {
  return async (actor, { dedupeKey, ...facts }) => {
    const entry = auditEntry(actor, facts, now());
    await ledger.record(actor.tenantId, { decision: null, entries: [entry], dedupeKey: dedupeKey ?? null });
  };
}
