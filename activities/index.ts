import type { Planner } from '#domain/plan/plan.ts';
import type { ErasePerson } from '#governance/person/erase.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { KeepRetention } from '#governance/upkeep/keep-retention.ts';
import type { Reconcile } from '#governance/upkeep/reconcile.ts';
import type { ReconcileWorkflows } from '#governance/upkeep/reconcile-workflows.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { UpkeepStore } from '#stores/upkeep/upkeep.ts';
import { createAct } from './act/act.ts';
import type { ActOptions } from './act/acting.ts';
import { createCountVote, createExpireApproval } from './approval/approvals.ts';
import { createExpireResolution, createRecordResolution } from './approval/resolutions.ts';
import { type AuditCheckpointOptions, createAuditCheckpoint } from './audit/checkpoint.ts';
import { beating } from './beating.ts';
import { createPlan } from './plan/plan.ts';
import { createStoodStill, createUntilWorking, type SuspensionOptions } from './tenant/suspension.ts';
import { createEraseActivity } from './upkeep/erasure.ts';
import { createReconcileActivity } from './upkeep/reconcile.ts';
import { createRetentionActivity } from './upkeep/retention.ts';

interface ActivityOptions extends ActOptions, Pick<SuspensionOptions, 'suspendedLookMs'> {
  planner: Planner;
  recordEvent: RecordEvent;
  erasePerson: ErasePerson;
  keepRetention: KeepRetention;
  reconcile: Reconcile;
  reconcileWorkflows: ReconcileWorkflows;
  tree: AuditCheckpointOptions['tree'];
  gaps: AuditCheckpointOptions['gaps'];
  heads: AuditCheckpointOptions['heads'];
  publications: AuditCheckpointOptions['publications'];
  verify: Verifier;
  upkeep: UpkeepStore;
}

/** All activities of the workers that serve requests. */
export function createActivities(options: ActivityOptions) {
  return {
    plan: createPlan(options),
    act: beating(createAct(options)),
    countVote: createCountVote(options),
    expireApproval: createExpireApproval(options),
    recordResolution: createRecordResolution(options),
    expireResolution: createExpireResolution(options),
    auditCheckpoint: createAuditCheckpoint(options),
    erasePerson: createEraseActivity(options),
    keepRetention: createRetentionActivity(options),
    reconcileLedger: createReconcileActivity(options),
    untilWorking: createUntilWorking(options),
    stoodStill: createStoodStill(options),
  };
}

export type Activities = ReturnType<typeof createActivities>;
