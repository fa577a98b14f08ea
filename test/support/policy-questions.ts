import type { ActionFacts } from '#domain/action/action.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { strictest } from '#domain/policy/verdict.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { closePr, commentIssue, readIssues } from './github-actions.ts';

export const module = await loadRegoModule();
export const made = { by: 'installation', at: new Date('2026-01-01T00:00:00Z') };

export const actions = {
  read: readIssues,
  comment: commentIssue,
  close: closePr,
  model: { id: 'model_call', connector: 'openclaw', operation: 'call_model', effect: 'read' },
  export: { id: 'audit_export', connector: 'openclaw', operation: 'export_audit', effect: 'read' },
  audit: { id: 'audit_read', connector: 'openclaw', operation: 'read_audit', effect: 'read' },
} as const satisfies Record<string, ActionFacts>;

export const engineer: Actor = { tenantId: 'acme', userId: 'ada', role: 'user', orgUnit: 'engineering/web' };
export const seller: Actor = { ...engineer, userId: 'sam', orgUnit: 'sales' };

/** The evaluator over these policies, and what failed in it. */
export function over(policies: readonly Policy[]) {
  const failures: unknown[] = [];
  const evaluator = createPolicyEvaluator({
    module,
    readPolicies: async () => ({ revision: '1', policies }),
    actions: Object.values(actions),
    onFailure: ({ cause }) => failures.push(cause),
  });
  return { evaluator, failures };
}

export async function verdictOf(policies: readonly Policy[], actor: Actor, action: ActionFacts) {
  const rules = await over(policies).evaluator.evaluate({ actor, facts: action, classification: 'internal' });
  return strictest(rules.map((rule) => rule.verdict));
}
