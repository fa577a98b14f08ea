import type { z } from 'zod';
import type { AuditKey } from '#domain/audit/audit.ts';
import { changedPolicy } from '#domain/policy/change.schema.ts';
import type { PlannedPolicyChange, PolicyGround } from '#governance/policy/change/plan-change.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { ifMatchHeader, policyChangeErrors, policyParams } from './policy-params.ts';
import { changedPolicyAnswer } from './policy-view.ts';

interface PolicyChangeRoute<Body extends { impact_digest?: string | undefined }> {
  method: 'POST' | 'PUT' | 'DELETE';
  /** Names the policy as `:id`. */
  path: string;
  summary: string;
  audit: AuditKey;
  body: z.ZodType<Body>;
  plan: (body: Body, ground: PolicyGround) => PlannedPolicyChange | undefined;
}

/** A route that changes a policy there is: all of them differ in what they plan, and in nothing else. */
export function definePolicyChange<Body extends { impact_digest?: string | undefined }>({
  body,
  plan,
  ...named
}: PolicyChangeRoute<Body>) {
  return ({ changePolicy }: Pick<RouteDependencies, 'changePolicy'>) =>
    defineRoute({
      ...named,
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
        return { status: 200, ...changedPolicyAnswer(changed) };
      },
    });
}
