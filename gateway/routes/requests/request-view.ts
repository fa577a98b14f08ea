import { z } from 'zod';
import type { ActionTable } from '#connectors/registry.ts';
import { type ErrorCode, errorFacts } from '#domain/error.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { timeInWords, waitInWords } from '#domain/request/wait-words.ts';
import type { StoredAction, StoredRequest } from '#stores/request/requests.ts';

/** A request with the contents that its owner may see. */
export interface OpenedRequest {
  request: StoredRequest;
  /** `null` for typed actions, and for everybody but the owner. */
  text: string | null;
  /** The planner's answer to a text that it did not understand. */
  reply: { answer: string; suggestions: string[] } | null;
  actions: readonly OpenedAction[];
}

export interface OpenedAction {
  stored: StoredAction;
  input: unknown;
  result: unknown;
  /** The reason that the person gave who rejected it. */
  decisionReason: string | null;
}

export const plannerReply = z.object({ answer: z.string(), suggestions: z.array(z.string()) });

/** A request as its owner sees it. */
export function requestView(table: ActionTable, opened: OpenedRequest): RequestView {
  const { request, text, reply } = opened;
  const actions = opened.actions.map((action) => actionView(table, action));
  const answers = actions.flatMap(({ answer }) => (answer === null ? [] : [answer]));
  return {
    id: request.id,
    state: request.state,
    user_id: request.userId,
    text,
    planner: request.planner,
    answer: reply?.answer ?? (answers.length > 0 ? answers.join('\n\n') : null),
    suggestions: reply?.suggestions ?? [],
    error:
      reply === null
        ? (actions.find(({ error }) => error !== null)?.error ?? null)
        : codedText('NOT_UNDERSTOOD'),
    actions,
    created_at: request.createdAt,
    updated_at: request.updatedAt,
    finished_at: request.finishedAt,
  };
}

type ActionView = RequestView['actions'][number];

function actionView(table: ActionTable, { stored, input, result, decisionReason }: OpenedAction): ActionView {
  return {
    n: stored.n,
    sending: stored.sending,
    action: stored.action,
    title: table.action(stored.action)?.title ?? stored.action,
    target: stored.target,
    state: stored.state,
    verdict: stored.verdict,
    reason: decisionReason ?? stored.reason,
    policy_applied: stored.policyApplied,
    approval_id: stored.approvalId,
    classification: stored.classification,
    answer: answerOf(table, stored.action, input, result),
    result: result ?? null,
    error: stored.errorCode === null ? null : { ...codedText(stored.errorCode), ...retryAt(stored) },
    waits: stored.waits === null ? null : waitInWords(stored.waits),
  };
}

/** Both were checked when they were stored; if the action's schema has changed since, only the raw result is shown. */
function answerOf(table: ActionTable, id: string, input: unknown, result: unknown): string | null {
  const action = table.action(id);
  if (action === undefined || result === undefined) return null;
  const given = action.input.safeParse(input);
  const got = action.output.safeParse(result);
  return given.success && got.success ? action.answer(given.data, got.data) : null;
}

/** The answer to whoever asked too early names the time. */
function retryAt({ waits, namedTime }: StoredAction): { message?: string; retry_at?: string } {
  if (waits !== null || namedTime === null) return {};
  return { message: `The provider takes no call before ${timeInWords(namedTime)}.`, retry_at: namedTime };
}

function codedText(code: ErrorCode): { error: string; message: string } {
  return { error: code, message: errorFacts(code).text };
}
