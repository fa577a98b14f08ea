import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { AuditPage } from '#domain/audit/audit.schema.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { isFinal } from '#domain/request/request.ts';
import { type Api, createApi } from '#sandbox/demo/api.ts';
import { eventually } from './eventually.ts';
import type { TestStack } from './stack.ts';

/** The demo people of tenant acme, signed in, each with the API as they see it. */
export interface People {
  user: Api;
  lead: Api;
  admin: Api;
}

export async function signInPeople(stack: TestStack): Promise<People> {
  const apiOf = async (who: string) =>
    createApi({ url: stack.api, token: await stack.token(`${who}@acme.test`) });
  const [user, lead, admin] = await Promise.all([apiOf('user'), apiOf('lead'), apiOf('admin')]);
  return { user, lead, admin };
}

export function requestOf(api: Api, id: string): Promise<RequestView> {
  return api.get<RequestView>(`/requests/${id}`).then(({ body }) => body);
}

export function ended(api: Api, id: string, patienceMs?: number): Promise<RequestView> {
  return eventually(
    () => requestOf(api, id),
    ({ state }) => isFinal(state),
    patienceMs,
  );
}

/** Asks for a comment and waits until it is queued; returns the request and its approval. */
export async function askForComment(
  people: People,
  text: string,
): Promise<{ requestId: string; approval: ApprovalView }> {
  const { body } = await people.user.post<RequestView>('/requests', {
    text: `comment on acme/website#7: ${text}`,
  });
  const queued = await eventually(
    () => requestOf(people.user, body.id),
    ({ state }) => state === 'queued',
  );
  const approvalId = queued.actions[0]?.approval_id;
  const { body: approval } = await people.lead.get<ApprovalView>(`/approvals/${approvalId}`);
  return { requestId: body.id, approval };
}

export function approve({ lead }: People, { id, digest }: ApprovalView) {
  return lead.post<ApprovalView>(`/approvals/${id}/decision`, { decision: 'approve', digest });
}

/** Comments that really reached the provider with this text. */
export async function commentsWritten({ github }: TestStack, text: string): Promise<number> {
  const entries = await github.admin.ledger({ method: 'POST', path: /\/issues\/7\/comments$/ });
  return entries.filter(({ body }) => body?.includes(text)).length;
}

/** Outcomes of a request's audit entries, oldest first. */
export async function outcomesOf({ admin }: People, requestId: string): Promise<string[]> {
  const { body } = await admin.get<AuditPage>(`/audit?request_id=${requestId}`);
  return body.entries.toReversed().map(({ event, outcome }) => `${event} ${outcome}`);
}
