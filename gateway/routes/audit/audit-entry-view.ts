import type { z } from 'zod';
import { connectors } from '#connectors/registry.ts';
import type { auditEntryView as schema } from '#domain/audit/audit.schema.ts';
import type { StoredAuditEntry } from '#stores/audit/entries.ts';

/** One audit entry in the words of spec/enterprise.md §1.13, form A. */
export function auditEntryView(entry: StoredAuditEntry): z.input<typeof schema> {
  const tokens = entry.modelTokens;
  return {
    id: entry.id,
    tenant_id: entry.tenantId,
    org_unit: entry.orgUnit,
    user_id: entry.userId,
    timestamp: entry.timestamp,
    action_type: entry.actionType,
    event: entry.event,
    source_title: sourceTitleOf(entry.event),
    action_detail: entry.actionDetail,
    data_accessed: entry.dataAccessed.map(({ itemId, source, classification, purpose }) => ({
      item_id: itemId,
      source,
      classification,
      purpose,
    })),
    model_used: entry.modelUsed,
    token_count:
      tokens === null
        ? null
        : { prompt: tokens.input, completion: tokens.output, total: tokens.input + tokens.output },
    data_classification: entry.dataClassification,
    policy_applied: entry.policyApplied,
    policy_result: entry.policyResult,
    policy_reason: entry.policyReason,
    outcome: entry.outcome,
    request_id: entry.requestId,
    decision_id: entry.decisionId,
    metadata: { ...entry.metadata },
    subject: entry.subject,
    leaf_hash: entry.leafHash,
  };
}

/** A connector's audit keys begin with its name. */
export function sourceTitleOf(event: string): string | null {
  return connectors.find(({ name }) => event.startsWith(`${name}.`))?.title ?? null;
}
