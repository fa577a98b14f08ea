/** Ids, and how they are built and taken apart. Their random parts are made in platform/new-id.ts. */
export const idPrefixes = {
  request: 'req',
  approval: 'apr',
  audit: 'aud',
  policy: 'pol',
  policyChange: 'chg',
  decision: 'dec',
  content: 'cnt',
  vote: 'vot',
  subject: 'sub',
  hold: 'hld',
  erasure: 'ers',
  session: 'ses',
  grant: 'grt',
  dataKey: 'dek',
  preview: 'prv',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** An id as we make it: prefix, underscore, 26 characters of a ULID (time-sortable). */
export function isId(kind: IdKind, text: string): boolean {
  return new RegExp(`^${idPrefixes[kind]}_[0-9A-HJKMNP-TV-Z]{26}$`).test(text);
}

/** Tenant ids are part of schema, role, key and workflow names: lower case, at most 40 characters. */
export const tenantIdPattern = /^[a-z][a-z0-9-]{1,39}$/;

export function requestWorkflowId(tenantId: string, requestId: string): string {
  return `request:${tenantId}:${requestId}`;
}

export function approvalWorkflowId(tenantId: string, approvalId: string, round: number): string {
  return `approval:${tenantId}:${approvalId}:${round}`;
}

/** The workflow that creates or deletes a tenant; one of each at a time. */
export function tenantWorkflowId(tenantId: string, work: 'create' | 'delete'): string {
  return `tenant:${tenantId}:${work}`;
}

/** `which`: `<task queue>:now`, or `<task queue>:` and the name of the Schedule. */
export function auditCheckpointWorkflowId(tenantId: string, which: string): string {
  return `audit-checkpoint:${tenantId}:${which}`;
}

export function erasureWorkflowId(tenantId: string, erasureId: string): string {
  return `erasure:${tenantId}:${erasureId}`;
}

/** `which`: the name of the Schedule. */
export function rewrapWorkflowId(tenantId: string, which: string): string {
  return `rewrap:${tenantId}:${which}`;
}

/** `which`: the name of the Schedule. */
export function retentionWorkflowId(tenantId: string, which: string): string {
  return `retention:${tenantId}:${which}`;
}

/** `which`: the name of the Schedule. */
export function reconcileWorkflowId(tenantId: string, which: string): string {
  return `reconcile:${tenantId}:${which}`;
}

/** The tenant of a workflow id `<kind>:<tenant>:…`; `undefined` when the id isn't one of ours. */
export function tenantOfWorkflowId(workflowId: string): string | undefined {
  const [kind, tenantId, rest] = workflowId.split(':');
  return kind && tenantId && rest && tenantIdPattern.test(tenantId) ? tenantId : undefined;
}

/** The id under which an effect is claimed: unique for ever, and the same on every retry. */
export function actionRunId(requestId: string, n: number, sending = 1): string {
  return sending === 1 ? `${requestId}/${n}` : `${requestId}/${n}~${sending}`;
}

/** The request that an action run id belongs to. */
export function requestOfActionRun(runId: string): string {
  return runId.split('/')[0] ?? runId;
}

/** Position of the action that a run id belongs to; throws `RangeError` for what isn't a run id. */
export function positionOfActionRun(runId: string): number {
  const position = /^[^/]+\/(\d+)(~\d+)?$/.exec(runId)?.[1];
  if (position === undefined) throw new RangeError(`not an action run id: ${runId}`);
  return Number(position);
}

/** 1, or higher where a person said to send it again. */
export function sendingOfActionRun(runId: string): number {
  return Number(/~(\d+)$/.exec(runId)?.[1] ?? 1);
}
