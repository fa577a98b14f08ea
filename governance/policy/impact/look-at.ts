import type { z } from 'zod';
import { ownActions } from '#domain/action/own-actions.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { impactQuestion } from '#domain/policy/impact.schema.ts';
import type { PolicyScope } from '#domain/policy/policy.ts';
import type { ImpactStore } from '#stores/policy/impact.ts';
import type { GovernedRead } from '../../governed-read.ts';
import type { PolicyChangeRequest, ProposeChange } from '../change/change.ts';
import { planCanary, planCanaryEnd } from '../change/plan-canary.ts';
import {
  type PlannedPolicyChange,
  type PolicyGround,
  planActivation,
  planCreation,
  planDeprecation,
  planRollback,
  planUpdate,
} from '../change/plan-change.ts';
import type { PolicyImpact, PreviewImpact } from './preview.ts';

type ImpactQuestion = z.output<typeof impactQuestion>;

export interface LookedAtImpact extends PolicyImpact {
  previewId: string;
}

interface LookAtImpactOptions {
  propose: ProposeChange;
  previewImpact: PreviewImpact;
  impact: Pick<ImpactStore, 'keep'>;
  governedRead: GovernedRead;
}

export interface LookAtImpact {
  /** Impact of a change to an existing policy. */
  ofChange(
    actor: Actor,
    policyId: string,
    asked: { question: ImpactQuestion; days: number },
  ): Promise<LookedAtImpact>;
  /** Impact of a policy that does not exist yet. */
  ofNew(actor: Actor, scope: PolicyScope, asked: { body: object; days: number }): Promise<LookedAtImpact>;
}

/**
 * What a change would mean, for a person who may make it. This reads decisions of others, so it is decided and recorded
 * like any other read. Throws what changing throws, and `INVALID_REQUEST` when there is nothing to change.
 */
export function createLookAtImpact(options: LookAtImpactOptions): LookAtImpact {
  const { propose, previewImpact, impact, governedRead } = options;

  const look = async (actor: Actor, request: PolicyChangeRequest, days: number): Promise<LookedAtImpact> => {
    const { planned, ground } = await propose(actor, request);
    if (planned === undefined) {
      throw new CodedError('INVALID_REQUEST', {
        message: 'This version is in force: there is nothing to look at.',
      });
    }
    const { id, domain, version } = planned.policy;
    return governedRead({
      actor,
      facts: ownActions.readDecisions,
      event: 'policy.impact_previewed',
      detail: `recorded decisions, for a change of ${id} (${domain})`,
      classification: 'internal',
      async run() {
        const measured = await previewImpact(actor, { planned, active: ground.active, days });
        const { digest, window } = measured;
        const previewId = await impact.keep(actor.tenantId, { digest, window });
        const touched = [
          {
            source: 'openclaw',
            itemId: `${id}@${version}`,
            classification: 'internal',
            purpose: 'policy impact',
          },
        ] as const;
        return { output: { ...measured, previewId }, touched };
      },
    });
  };

  return {
    ofChange: (actor, policyId, { question, days }) =>
      look(actor, { target: { policyId }, plan: (ground) => plannedNow(question, ground) }, days),
    ofNew: (actor, scope, { body, days }) =>
      look(actor, { target: { newAt: scope }, plan: (ground) => planCreation(body, ground) }, days),
  };
}

/** As if it were put in force at once. */
function plannedNow(question: ImpactQuestion, ground: PolicyGround): PlannedPolicyChange | undefined {
  const { version, name, rules, may_grant, to_version, deprecate, user_ids } = question;
  const reason = 'a look at the impact';
  if (question.end_canary) return planCanaryEnd({ change_reason: reason }, ground);
  if (deprecate) return planDeprecation({ change_reason: reason }, ground);
  if (user_ids !== undefined) return planCanary({ version, user_ids, change_reason: reason }, ground);
  if (to_version !== undefined) {
    const back = planRollback({ to_version, change_reason: reason }, ground);
    return planUpdate({ ...contentOf(back.policy), status: 'active', change_reason: reason }, ground);
  }
  if (name !== undefined || rules !== undefined || may_grant !== undefined) {
    return planUpdate({ name, rules, may_grant, status: 'active', change_reason: reason }, ground);
  }
  return planActivation({ version, change_reason: reason }, ground);
}

function contentOf({ name, rules, mayGrant }: PlannedPolicyChange['policy']) {
  return { name, rules, may_grant: mayGrant };
}
