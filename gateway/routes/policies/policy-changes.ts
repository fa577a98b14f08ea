import type { z } from 'zod';
import type { AuditKey } from '#domain/audit/audit.ts';
import type { Call } from '#domain/call.ts';
import * as calls from '#domain/policy/calls.ts';
import {
  type ChangedPolicyView,
  changedPolicy,
  policyActivation,
  policyDeprecation,
  policyRollback,
  policyUpdate,
} from '#domain/policy/change.schema.ts';
import { endOfCanary, newCanary } from '#domain/policy/impact.schema.ts';
import type { ChangePolicy } from '#governance/policy/change/change.ts';
import { planCanary, planCanaryEnd } from '#governance/policy/change/plan-canary.ts';
import {
  type PlannedPolicyChange,
  type PolicyGround,
  planActivation,
  planDeprecation,
  planRollback,
  planUpdate,
} from '#governance/policy/change/plan-change.ts';
import { type AnyRoute, defineRoute } from '../../http/route.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';
import { changedPolicyAnswer } from './policy-view.ts';

/** The routes that change an existing policy: they differ only in what they plan. */
const changes = [
  change(calls.putPolicy, {
    summary: 'A new version of a policy: named parts replace the old ones, the rest stays',
    audit: 'policy.updated',
    body: policyUpdate,
    plan: planUpdate,
  }),
  change(calls.deletePolicy, {
    summary: 'The end of a policy: it becomes deprecated, and is never removed',
    audit: 'policy.deprecated',
    body: policyDeprecation,
    plan: planDeprecation,
  }),
  change(calls.activatePolicy, {
    summary: 'Puts a draft in force; the version before it ends',
    audit: 'policy.activated',
    body: policyActivation,
    plan: planActivation,
  }),
  change(calls.rollbackPolicy, {
    summary: 'A new version with the content of an older one',
    audit: 'policy.rolled_back',
    body: policyRollback,
    plan: planRollback,
  }),
  change(calls.postCanary, {
    summary: 'A draft holds for a few people first, until it is activated or taken back',
    audit: 'policy.canary_started',
    body: newCanary,
    plan: planCanary,
  }),
  change(calls.deleteCanary, {
    summary: 'The draft that held for a few people holds for nobody any more',
    audit: 'policy.canary_ended',
    body: endOfCanary,
    plan: planCanaryEnd,
  }),
];

export function policyChangeRoutes(changePolicy: ChangePolicy): readonly AnyRoute[] {
  return changes.map((routeFor) => routeFor(changePolicy));
}

interface Change<Body extends { impact_digest?: string | undefined }> {
  summary: string;
  audit: AuditKey;
  body: z.ZodType<Body, Body>;
  plan: (body: Body, ground: PolicyGround) => PlannedPolicyChange | undefined;
}

interface ChangeCall<Body> {
  headers: { 'if-match'?: string };
  body: Body;
  answer: ChangedPolicyView;
}

function change<Body extends { impact_digest?: string | undefined }>(
  { method, path }: Call<`/api/v1/policies/:id${string}`, ChangeCall<NoInfer<Body>>>,
  { body, plan, ...said }: Change<Body>,
) {
  return (changePolicy: ChangePolicy): AnyRoute =>
    defineRoute({
      method,
      path,
      ...said,
      auth: 'policies.write_user',
      request: { params: policyParams, headers: ifMatchHeader, body },
      response: { 200: changedPolicy },
      errors: policyChangeErrors,
      async handle({ actor, params, headers, body: given }) {
        const changed = await changePolicy(actor, {
          target: { policyId: params.id },
          ifMatch: headers['if-match'],
          impactDigest: given.impact_digest,
          plan: (ground) => plan(given, ground),
        });
        return { status: 200 as const, ...changedPolicyAnswer(changed) };
      },
    });
}
