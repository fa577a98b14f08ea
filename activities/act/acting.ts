import type { Actor } from '#domain/person/actor.ts';
import type { Decision } from '#domain/policy/decision.ts';
import type { VoteCheck } from '#governance/check-approval.ts';
import type { ClassifyData, TargetLabel } from '#governance/classification/classify-data.ts';
import type { Decide } from '#governance/decide.ts';
import type { EndApproval } from '#governance/end-approval.ts';
import type { Perform } from '#governance/perform/performance.ts';
import type { RightsNow } from '#governance/person/rights-now.ts';
import type { ApprovalStore } from '#stores/approval/approvals.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import type { BegunAction, RequestStore } from '#stores/request/requests.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { ActInput } from '#workflows/messages/action.ts';
import type { DueRun } from './due-run.ts';
import type { OpenAction } from './open-actions.ts';

/** What an action is carried out with. */
export interface ActOptions {
  now: () => Date;
  rightsNow: RightsNow;
  requests: RequestStore;
  approvals: ApprovalStore;
  ledger: Ledger;
  tenants: TenantStore;
  openAction: OpenAction;
  decide: Decide;
  perform: Perform;
  checkVote: VoteCheck;
  endApproval: EndApproval;
  classify: ClassifyData;
}

/** One action of one request on its way through governance. */
export interface Act {
  input: ActInput;
  /** The run that it is sent under. */
  run: DueRun;
  /** The requester, with the rights they have now. */
  actor: Actor;
  begun: Extract<BegunAction, { status: 'begun' }>;
  opened: ReturnType<OpenAction>;
  targetLabel: TargetLabel;
  decision: Decision;
}
