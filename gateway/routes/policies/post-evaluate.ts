import type { z } from 'zod';
import type { ActionFacts } from '#domain/action/action.ts';
import { ownActions } from '#domain/action/own-actions.ts';
import { classifications } from '#domain/classification/classification.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import * as calls from '#domain/policy/calls.ts';
import { evaluateQuestion, policyEvaluation } from '#domain/policy/explain.schema.ts';
import { ensureOne } from '#stores/person/subjects.ts';
import { defineRoute } from '../../http/route.ts';
import { evaluationView } from './evaluation-view.ts';
import type { PolicyParts } from './parts.ts';
import { personInReach } from './person-in-reach.ts';

type Question = z.output<typeof evaluateQuestion>;

/** `policy.evaluate` (spec/enterprise.md §1.2): asks without effect; no decision is recorded. */
export function postEvaluate({
  actions,
  explainDecision,
  people,
  recordEvent,
  subjects,
}: Pick<PolicyParts, 'actions' | 'explainDecision' | 'people' | 'recordEvent' | 'subjects'>) {
  const own: readonly ActionFacts[] = Object.values(ownActions);
  return defineRoute({
    ...calls.postEvaluate,
    summary:
      'What policy says to an action of a person: which rule of which policy, and what would change it',
    auth: 'policies.evaluate',
    audit: 'policy.explained',
    request: { body: evaluateQuestion },
    response: { 200: policyEvaluation },
    errors: ['NOT_FOUND', 'POLICY_ENGINE_UNREACHABLE', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, body }) {
      if (body.tenant_id !== undefined && body.tenant_id !== actor.tenantId)
        throw new CodedError('NOT_FOUND');
      const person = await personInReach(people, actor, { userId: body.user_id });
      const facts = actions.action(body.action) ?? own.find(({ id }) => id === body.action);
      checkTarget(body, facts);
      const explanation = await explainDecision(questionOf(person, body, facts));
      const { subject } = await ensureOne(subjects, actor.tenantId, person.userId);
      await recordEvent(actor, {
        event: 'policy.explained',
        detail: `${body.action} by ${subject}: ${explanation.verdict}`,
        outcome: 'success',
        metadata: { decision: explanation.verdict, policy_applied: explanation.policyApplied },
      });
      return { status: 200, body: evaluationView(person, explanation) };
    },
  });
}

function checkTarget({ action, context }: Question, facts: ActionFacts | undefined): void {
  const { target_system: target } = context;
  if (target === undefined || facts === undefined || target === facts.connector) return;
  throw new CodedError('INVALID_REQUEST', {
    detail: [{ field: 'context.target_system', problem: `${action} is an action of ${facts.connector}` }],
  });
}

/** An unknown label is treated as the highest, an unknown action is denied by its name. */
function questionOf(actor: Actor, { action, context }: Question, facts: ActionFacts | undefined) {
  const { data_classification: said, channel, additional } = context;
  return {
    actor,
    facts: facts ?? { id: action, connector: 'none', operation: action, effect: 'destructive' },
    classification: classifications.find((label) => label === said) ?? 'restricted',
    additional: { ...additional, ...(channel === undefined ? {} : { channel }) },
  } as const;
}
