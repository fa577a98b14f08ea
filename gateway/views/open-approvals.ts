import { z } from 'zod';
import type { StoredApproval } from '#stores/approvals.ts';
import type { ContentStore } from '#stores/content.ts';
import type { PeopleStore } from '#stores/people.ts';
import type { OpenedApproval } from './approval-view.ts';

interface OpenApprovalsOptions {
  content: ContentStore;
  people: PeopleStore;
}

/** Reads what belongs to approvals of one tenant: previews, reasons, names. */
export type OpenApprovals = (
  tenantId: string,
  approvals: readonly StoredApproval[],
) => Promise<OpenedApproval[]>;

const spoken = z.string();

export function createOpenApprovals({ content, people }: OpenApprovalsOptions): OpenApprovals {
  return async (tenantId, approvals) => {
    const ids = approvals.flatMap(({ requesterId, decidedBy }) => [
      requesterId,
      ...(decidedBy === null ? [] : [decidedBy]),
    ]);
    const names = await people.names(tenantId, [...new Set(ids)]);
    return Promise.all(
      approvals.map(async (approval) => {
        const { previewRef, decisionReasonRef } = approval;
        const [preview, reason] = await Promise.all([
          content.get(tenantId, previewRef),
          decisionReasonRef === null ? null : content.get(tenantId, decisionReasonRef),
        ]);
        return {
          approval,
          names,
          preview: spoken.parse(preview),
          decisionReason: reason === null ? null : spoken.parse(reason),
        };
      }),
    );
  };
}
