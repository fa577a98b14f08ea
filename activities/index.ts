import type { Planner } from '#domain/plan.ts';
import type { ErasePerson } from '#governance/erase-person.ts';
import type { KeepRetention } from '#governance/keep-retention.ts';
import type { Reconcile } from '#governance/reconcile.ts';
import type { ReconcileWorkflows } from '#governance/reconcile-workflows.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { type ActOptions, createAct } from './act.ts';
import { createCountVote, createExpireApproval } from './approvals.ts';
import { type AuditCheckpointOptions, createAuditCheckpoint } from './audit-checkpoint.ts';
import { beating } from './beating.ts';
import { createEraseActivity } from './erasure.ts';
import { createPlan } from './plan.ts';
import { createReconcileActivity } from './reconcile.ts';
import { createExpireResolution, createRecordResolution } from './resolutions.ts';
import { createRetentionActivity } from './retention.ts';
import { createRewrapKeys, type RewrapOptions } from './rewrap.ts';
import { createStoodStill, createUntilWorking, type SuspensionOptions } from './suspension.ts';

interface ActivityOptions extends ActOptions, RewrapOptions, Pick<SuspensionOptions, 'suspendedLookMs'> {
  planner: Planner;
  recordEvent: RecordEvent;
  erasePerson: ErasePerson;
  keepRetention: KeepRetention;
  reconcile: Reconcile;
  reconcileWorkflows: ReconcileWorkflows;
  tree: AuditCheckpointOptions['tree'];
  heads: AuditCheckpointOptions['heads'];
  publications: AuditCheckpointOptions['publications'];
  verify: Verifier;
}

/** Everything that workflows may call. */
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
    rewrapKeys: createRewrapKeys(options),
    untilWorking: createUntilWorking(options),
    stoodStill: createStoodStill(options),
  };
}

export type Activities = ReturnType<typeof createActivities>;
