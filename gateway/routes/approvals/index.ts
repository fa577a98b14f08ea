import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { getApproval } from './get-approval.ts';
import { listApprovals } from './list-approvals.ts';
import { approvalParts } from './parts.ts';
import { postDecision } from './post-decision.ts';

export function approvalRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = approvalParts(gateway);
  return [listApprovals(parts), getApproval(parts), postDecision(parts)];
}
