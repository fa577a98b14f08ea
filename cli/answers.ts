import type { z } from 'zod';
import { approvalList, approvalView } from '#domain/approval/approval.schema.ts';
import * as approval from '#domain/approval/calls.ts';
import { auditHeads, auditKeys, auditProof } from '#domain/audit/answers.schema.ts';
import { auditPage } from '#domain/audit/audit.schema.ts';
import * as audit from '#domain/audit/calls.ts';
import type { AnswerOf, Call } from '#domain/call.ts';
import * as classification from '#domain/classification/calls.ts';
import { classificationOverride } from '#domain/classification/classification.schema.ts';
import * as key from '#domain/key/calls.ts';
import { keysView } from '#domain/key/keys.schema.ts';
import * as person from '#domain/person/calls.ts';
import { legalHold, legalHoldList } from '#domain/person/legal-hold.schema.ts';
import {
  endedSession,
  sessionList,
  signedOutPerson,
  signInConfig,
  userInfo,
} from '#domain/person/session.schema.ts';
import { erasureView } from '#domain/person/user-data.schema.ts';
import * as policy from '#domain/policy/calls.ts';
import {
  changedPolicy,
  policyDiff,
  policyList,
  policyVersions,
  policyView,
} from '#domain/policy/change.schema.ts';
import { policyEvaluation, resolvedPolicy } from '#domain/policy/explain.schema.ts';
import { impactView, policySettings } from '#domain/policy/impact.schema.ts';
import * as request from '#domain/request/calls.ts';
import { requestList, requestView } from '#domain/request/request.schema.ts';
import * as status from '#domain/status/calls.ts';
import { statusProblems, systemStatus } from '#domain/status/status.schema.ts';
import * as tenant from '#domain/tenant/calls.ts';
import { tenantList, tenantStatusView, tenantView } from '#domain/tenant/tenant.schema.ts';

/** The calls that the command line makes, each with the schema that the gateway uses for its answer. */
export const answers = [
  answer(status.getStatus, systemStatus),
  answer(status.listProblems, statusProblems),
  answer(person.getAuthConfig, signInConfig),
  answer(person.getUserinfo, userInfo),
  answer(person.listSessions, sessionList),
  answer(person.deleteSession, endedSession),
  answer(person.postSignOut, signedOutPerson),
  answer(person.eraseUserData, erasureView),
  answer(person.getErasure, erasureView),
  answer(person.listLegalHolds, legalHoldList),
  answer(person.postLegalHold, legalHold),
  answer(person.deleteLegalHold, legalHold),
  answer(request.postRequest, requestView),
  answer(request.listRequests, requestList),
  answer(request.getRequest, requestView),
  answer(request.withdrawRequest, requestView),
  answer(request.resolveRequest, requestView),
  answer(approval.listApprovals, approvalList),
  answer(approval.getApproval, approvalView),
  answer(approval.postDecision, approvalView),
  answer(classification.putClassification, classificationOverride),
  answer(key.getKeys, keysView),
  answer(tenant.listTenants, tenantList),
  answer(tenant.getTenantStatus, tenantStatusView),
  answer(tenant.postTenant, tenantView),
  answer(tenant.putTenant, tenantView),
  answer(tenant.suspendTenant, tenantView),
  answer(tenant.resumeTenant, tenantView),
  answer(tenant.deleteTenant, tenantView),
  answer(tenant.restoreTenant, tenantView),
  answer(policy.listPolicies, policyList),
  answer(policy.getPolicy, policyView),
  answer(policy.listPolicyVersions, policyVersions),
  answer(policy.diffPolicy, policyDiff),
  answer(policy.postPolicy, changedPolicy),
  answer(policy.putPolicy, changedPolicy),
  answer(policy.deletePolicy, changedPolicy),
  answer(policy.activatePolicy, changedPolicy),
  answer(policy.rollbackPolicy, changedPolicy),
  answer(policy.postCanary, changedPolicy),
  answer(policy.deleteCanary, changedPolicy),
  answer(policy.postImpact, impactView),
  answer(policy.postNewImpact, impactView),
  answer(policy.postEvaluate, policyEvaluation),
  answer(policy.resolvePolicy, resolvedPolicy),
  answer(policy.getPolicySettings, policySettings),
  answer(policy.putPolicySettings, policySettings),
  answer(audit.listAuditEntries, auditPage),
  answer(audit.listAuditHeads, auditHeads),
  answer(audit.listAuditKeys, auditKeys),
  answer(audit.getAuditProof, auditProof),
] as const;

/** A call with the schema of its answer: a schema that does not fit does not compile. */
export type AnsweredCall = (typeof answers)[number]['call'];

function answer<Which extends Call>(call: Which, schema: z.ZodType<AnswerOf<Which>>) {
  return { call, schema };
}
