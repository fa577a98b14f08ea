import { z } from 'zod';
import type { ApprovalStore } from '#stores/approval/approvals.ts';
import { type ContentStore, erasedText } from '#stores/content/content.ts';
import type { RequestStore, StoredAction, StoredRequest } from '#stores/request/requests.ts';
import { isTyped } from '../../temporal/plan-typed.ts';
import { type OpenedAction, type OpenedRequest, plannerReply } from './request-view.ts';

interface OpenRequestOptions {
  requests: RequestStore;
  approvals: ApprovalStore;
  content: ContentStore;
}

/** Reads the contents of a request. Anybody but its owner gets states and reasons, not contents. */
export type OpenRequest = (request: StoredRequest, forUser: string) => Promise<OpenedRequest>;

const spoken = z.string();

export function createOpenRequest({ requests, approvals, content }: OpenRequestOptions): OpenRequest {
  const openAction = async (tenantId: string, stored: StoredAction, own: boolean): Promise<OpenedAction> => {
    const decisionReason = await reasonOf(tenantId, stored);
    if (!own || stored.resultRef === null)
      return { stored, input: undefined, result: undefined, decisionReason };
    const { inputRef, resultRef } = stored;
    const contents = await content.getAll(tenantId, [inputRef, resultRef]);
    return { stored, input: contents.get(inputRef), result: contents.get(resultRef), decisionReason };
  };

  const reasonOf = async (tenantId: string, { state, approvalId }: StoredAction): Promise<string | null> => {
    if (state !== 'rejected' || approvalId === null) return null;
    const ref = (await approvals.get(tenantId, approvalId))?.decisionReasonRef ?? null;
    return ref === null ? null : spoken.parse(await content.get(tenantId, ref));
  };

  return async (request, forUser) => {
    const { id, tenantId, answerRef } = request;
    const own = request.userId === forUser;
    const [text, reply, actions] = await Promise.all([
      own ? requests.text(tenantId, id) : null,
      own && answerRef !== null ? content.get(tenantId, answerRef) : null,
      requests.actionsOf(tenantId, id),
    ]);
    return {
      request,
      text: text === null || isTyped(request, text) ? null : text,
      reply: reply === null ? null : replyIn(reply),
      actions: await Promise.all(actions.map((stored) => openAction(tenantId, stored, own))),
    };
  };
}

/** When its words are gone, it stays visible that there was an answer of the planner, not of an action. */
function replyIn(reply: unknown): OpenedRequest['reply'] {
  return reply === erasedText ? { answer: erasedText, suggestions: [] } : plannerReply.parse(reply);
}
