import type { GatewayParts } from '../../parts.ts';
import { createStartErasure } from '../../temporal/start-erasure.ts';

export type UserDataParts = ReturnType<typeof userDataParts>;

export function userDataParts({ config, stores, governance, temporal, now }: GatewayParts) {
  const { auditEntries, content, erasures, legalHolds, subjects, userData } = stores;
  const startErasure = createStartErasure({
    temporal,
    taskQueue: config.temporalTaskQueue,
    waitMs: config.firstAnswerMs,
  });
  const { governedRead } = governance;
  return { auditEntries, content, erasures, legalHolds, subjects, userData, startErasure, governedRead, now };
}
