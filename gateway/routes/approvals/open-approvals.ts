import { z } from 'zod';
import { labelOf } from '#domain/classification/derive-classification.ts';
import type { StoredApproval } from '#stores/approval/approvals.ts';
import type { ContentStore } from '#stores/content/content.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import type { RequestStore, StoredAction } from '#stores/request/requests.ts';
import type { OpenedApproval } from './approval-view.ts';

interface OpenApprovalsOptions {
  content: ContentStore;
  people: PeopleStore;
  requests: Pick<RequestStore, 'actionsOfAll'>;
}

/** Reads the contents of approvals of one tenant: previews, reasons, names. */
export type OpenApprovals = (
  tenantId: string,
  approvals: readonly StoredApproval[],
) => Promise<OpenedApproval[]>;

const spoken = z.string();

export function createOpenApprovals({ content, people, requests }: OpenApprovalsOptions): OpenApprovals {
  return async (tenantId, approvals) => {
    const ids = approvals.flatMap(({ requesterId, decidedBy }) => [
      requesterId,
      ...(decidedBy === null ? [] : [decidedBy]),
    ]);
    const refs = approvals.flatMap(({ previewRef, decisionReasonRef }) => [
      previewRef,
      ...(decisionReasonRef === null ? [] : [decisionReasonRef]),
    ]);
    const [names, contents, actions] = await Promise.all([
      people.names(tenantId, [...new Set(ids)]),
      content.getAllLabelled(tenantId, refs),
      requests.actionsOfAll(tenantId, [...new Set(approvals.map(({ requestId }) => requestId))]),
    ]);
    return approvals.map((approval) => {
      const { previewRef, decisionReasonRef } = approval;
      const shown = [previewRef, decisionReasonRef ?? previewRef].flatMap((ref) => contents.get(ref) ?? []);
      return {
        approval,
        names,
        waits: waitOf(approval, actions),
        preview: spoken.parse(contents.get(previewRef)?.value),
        decisionReason:
          decisionReasonRef === null ? null : spoken.parse(contents.get(decisionReasonRef)?.value),
        classification: labelOf(shown),
      };
    });
  };
}

function waitOf(
  { id, requestId, n }: StoredApproval,
  actions: ReadonlyMap<string, StoredAction[]>,
): OpenedApproval['waits'] {
  const action = actions.get(requestId)?.find((one) => one.n === n);
  return action?.approvalId === id ? action.waits : null;
}
