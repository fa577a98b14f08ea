import type { GatewayParts } from '../../parts.ts';
import { createFreshCheckpoint } from '../../temporal/fresh-checkpoint.ts';

export type AuditParts = ReturnType<typeof auditParts>;

export function auditParts({
  config,
  stores,
  governance,
  temporal,
  auditVerifyKeys,
  now,
  log,
}: GatewayParts) {
  const { auditEntries, auditExport, tree } = stores;
  const { governedRead, rulesFor } = governance;
  const freshCheckpoint = createFreshCheckpoint({
    temporal,
    taskQueue: config.temporalTaskQueue,
    waitMs: config.firstAnswerMs,
    log,
  });
  return { auditEntries, auditExport, tree, governedRead, rulesFor, freshCheckpoint, auditVerifyKeys, now };
}
