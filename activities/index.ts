import type { Planner } from '#domain/plan.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { type ActOptions, createAct } from './act.ts';
import { createCountVote, createExpireApproval } from './approvals.ts';
import { beating } from './beating.ts';
import { createPlan } from './plan.ts';
import { createExpireResolution, createRecordResolution } from './resolutions.ts';

interface ActivityOptions extends ActOptions {
  planner: Planner;
  recordEvent: RecordEvent;
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
  };
}

export type Activities = ReturnType<typeof createActivities>;
