import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { exportAudit } from './export-audit.ts';
import { getAuditEntry } from './get-audit-entry.ts';
import { getAuditProof } from './get-audit-proof.ts';
import { getConsistency } from './get-consistency.ts';
import { listAuditEntries } from './list-audit-entries.ts';
import { listAuditHeads } from './list-audit-heads.ts';
import { listAuditKeys } from './list-audit-keys.ts';
import { auditParts } from './parts.ts';

export function auditRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = auditParts(gateway);
  return [
    listAuditEntries(parts),
    getAuditEntry(parts),
    exportAudit(parts),
    listAuditHeads(parts),
    listAuditKeys(parts),
    getConsistency(parts),
    getAuditProof(parts),
  ];
}
