import type { GatewayParts } from '../../parts.ts';
import { createOpenApprovals } from './open-approvals.ts';

export type ApprovalParts = ReturnType<typeof approvalParts>;

export function approvalParts({ stores, governance, actions, signer, temporal, now }: GatewayParts) {
  const { approvals, content } = stores;
  const { governedRead, recordEvent } = governance;
  const openApprovals = createOpenApprovals(stores);
  return { approvals, content, openApprovals, governedRead, recordEvent, actions, signer, temporal, now };
}
