import type { AuditEntry } from '#domain/audit/audit.ts';
import { actionRunId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { newId } from '#platform/new-id.ts';
import type { NewApproval } from '#stores/approval/approvals.ts';
import type { EffectClaim, LedgerDecision } from '#stores/audit/ledger.ts';
import type { NewAction, NewRequest, RequestStore } from '#stores/request/requests.ts';

export const asker: Actor = {
  tenantId: 'acme',
  userId: 'acme-user',
  role: 'user',
  orgUnit: 'engineering/web',
};

export function newRequest(overrides: Partial<NewRequest> = {}): NewRequest {
  const id = newId('request');
  return { id, idempotencyKey: id, bodyDigest: 'd'.repeat(64), text: 'list the open issues', ...overrides };
}

export function newAction(overrides: Partial<NewAction> = {}): NewAction {
  return {
    action: 'github_issue_comment',
    connector: 'github',
    effect: 'write',
    target: 'acme/website#7',
    input: { repository: 'acme/website', number: 7, body: 'Fixed in 2.1' },
    classification: 'internal',
    origin: 'user',
    ...overrides,
  };
}

/** A request with a saved plan; returns its id. */
export async function plannedRequest(
  requests: RequestStore,
  actions: NewAction[] = [newAction()],
  actor: Actor = asker,
): Promise<string> {
  const { request } = await requests.create(actor, newRequest());
  await requests.savePlan(actor, request.id, { planner: 'built-in rules', actions });
  return request.id;
}

/** A question about the first action of that request of the asker's. */
export function newApproval(requestId: string, overrides: Partial<NewApproval> = {}): NewApproval {
  return {
    id: newId('approval'),
    requestId,
    n: 1,
    runId: actionRunId(requestId, overrides.n ?? 1),
    round: 1,
    requesterId: asker.userId,
    requesterOrgUnit: asker.orgUnit,
    approvers: { role: 'team_lead', orgUnit: asker.orgUnit },
    action: 'github_issue_comment',
    target: 'acme/website#7',
    preview: 'Fixed in 2.1',
    classification: 'internal',
    digest: 'd'.repeat(64),
    reason: 'comments need a human',
    policyApplied: 'pol_1@1',
    decisionId: newId('decision'),
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    ...overrides,
  };
}

export function auditEntry(overrides: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId('audit'),
    tenantId: 'acme',
    orgUnit: 'engineering/web',
    userId: 'acme-user',
    timestamp: new Date().toISOString(),
    actionType: 'tool_invocation',
    event: 'github.issue_commented',
    actionDetail: 'comment on acme/website#7',
    dataAccessed: [
      { source: 'github', itemId: 'acme/website#7', classification: 'internal', purpose: 'comment' },
    ],
    modelUsed: null,
    modelTokens: null,
    dataClassification: 'internal',
    policyApplied: 'pol_1@1',
    policyResult: 'allow',
    policyReason: 'because „ja“ 🎈',
    outcome: 'intended',
    requestId: 'req_1',
    decisionId: 'dec_1',
    metadata: { run_id: 'req_1/1', tries: 1, ratio: 0.1, big: 1e21, fresh: true, nothing: null },
    ...overrides,
  };
}

export function ledgerDecision(overrides: Partial<LedgerDecision> = {}): LedgerDecision {
  return {
    decisionId: newId('decision'),
    requestId: 'req_1',
    runId: 'req_1/1',
    verdict: 'allow',
    rules: [],
    input: {
      actor: { userId: asker.userId, role: asker.role, orgUnit: asker.orgUnit },
      action: {
        id: 'github_issue_comment',
        connector: 'github',
        operation: 'comment_issue',
        effect: 'write',
      },
      classification: 'internal',
    },
    digest: 'd'.repeat(64),
    at: new Date().toISOString(),
    ...overrides,
  };
}

/** Arguments of `beginEffect` for a new action run. */
export function effect(overrides: Partial<EffectClaim> = {}, tenantId = 'acme') {
  const requestId = newId('request');
  const claim: EffectClaim = {
    runId: actionRunId(requestId, 1),
    requestId,
    approvalId: null,
    namesRunId: null,
    inputDigest: 'i'.repeat(64),
    ...overrides,
  };
  const decision = ledgerDecision({ requestId: claim.requestId, runId: claim.runId });
  const entry = auditEntry({ tenantId, requestId: claim.requestId, decisionId: decision.decisionId });
  return { decision, entry, claim };
}

/** What a test's action is about, where nobody has labelled it. */
export const website = { item: 'github:acme/website#7', orgUnit: '' } as const;
