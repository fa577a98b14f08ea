import type { AuditEntry } from '#domain/audit/audit.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { leafHash } from '#transparency/leaf.ts';

/** An entry in the older form, as only a superuser can still insert one. */
export async function insertOlder(auditAdminUrl: string, entry: AuditEntry): Promise<void> {
  await withAdmin(auditAdminUrl, (client) =>
    client.query(
      `INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, user_id, "timestamp", action_type, event, action_detail,
         data_accessed, data_classification, policy_applied, policy_result, policy_reason, outcome, request_id, decision_id, metadata, leaf_hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
      [
        entry.id,
        entry.tenantId,
        entry.orgUnit,
        entry.userId,
        entry.timestamp,
        entry.actionType,
        entry.event,
        entry.actionDetail,
        JSON.stringify(entry.dataAccessed),
        entry.dataClassification,
        entry.policyApplied,
        entry.policyResult,
        entry.policyReason,
        entry.outcome,
        entry.requestId,
        entry.decisionId,
        JSON.stringify(entry.metadata),
        Buffer.from(leafHash(entry), 'hex'),
      ],
    ),
  );
}
