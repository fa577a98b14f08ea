import { LRUCache } from 'lru-cache';
import type { ActionFacts } from '#domain/action.ts';
import type { Actor } from '#domain/actor.ts';
import type { Classification } from '#domain/classification.ts';
import type { MatchedRule } from '#domain/decision.ts';
import { policyAnswer } from '#domain/policy-answer.schema.ts';
import { type GovernedDomain, governedDomains } from '#domain/policy-rules.ts';
import { createEvaluator, type Evaluator } from '#platform/opa/create-evaluator.ts';
import type { RegoModule } from '#platform/opa/load-module.ts';
import { effectivePolicy, policiesFor } from './effective-policy.ts';
import { holdPolicies, type PolicySnapshot } from './hold-policies.ts';

interface PolicyEvaluatorOptions {
  module: RegoModule;
  readPolicies: (tenantId: string) => Promise<PolicySnapshot>;
  /** The table of actions: what isn't in it is denied. */
  actions: readonly ActionFacts[];
  /** Milliseconds after which a tenant's policies are read again at the latest. */
  maxAgeMs?: number;
  /** Milliseconds, never going back. */
  now?: () => number;
  /** Hears why an evaluation failed; the answer is a denial in any case. */
  onFailure?: (failure: { tenantId: string; domain: GovernedDomain | 'policy'; cause: unknown }) => void;
}

export interface PolicyEvaluator {
  /** What each applicable domain says. Never throws and is never empty: what can't be evaluated is denied. */
  evaluate(
    actor: Actor,
    action: ActionFacts,
    classification: Classification,
  ): Promise<readonly MatchedRule[]>;
  /** Drops what is held of a tenant's policies, so that the next evaluation reads them again. */
  forget(tenantId: string): void;
}

/** Instances kept: one per set of policies in force, about half a megabyte each. */
const maxInstances = 200;

/**
 * Asks the Rego of every governed domain, on the merged policy of the person who asks. Throws when the module lacks
 * a domain, so that a process with the wrong policies does not start.
 */
export function createPolicyEvaluator({
  module,
  readPolicies,
  actions,
  maxAgeMs = 60_000,
  now = () => performance.now(),
  onFailure = () => {},
}: PolicyEvaluatorOptions): PolicyEvaluator {
  for (const domain of governedDomains) {
    if (!module.entrypoints.includes(entrypointOf(domain)))
      throw new Error(`no compiled policy for ${domain}`);
  }
  const table = new Map(actions.map((facts) => [facts.id, facts]));
  const held = holdPolicies({ readPolicies, maxAgeMs, now });
  const instances = new LRUCache<string, Promise<Evaluator>>({ max: maxInstances });

  const evaluatorFor = async (actor: Actor): Promise<Evaluator> => {
    const { revision, policies } = await held.read(actor.tenantId);
    const own = policiesFor(actor, policies);
    const key = JSON.stringify([actor.tenantId, revision, own.map(({ id, version }) => [id, version])]);
    const known = instances.get(key);
    if (known !== undefined) return known;
    const made = createEvaluator({ module, data: effectivePolicy(own) });
    instances.set(key, made);
    made.catch(() => instances.delete(key));
    return made;
  };

  return {
    async evaluate(actor, action, classification) {
      const facts = table.get(action.id);
      if (facts === undefined) return [unmatched('actions', 'unknown_action', { [action.id]: null })];
      const failed = (domain: GovernedDomain | 'policy', cause: unknown) => {
        onFailure({ tenantId: actor.tenantId, domain, cause });
        return [unmatched(domain, 'policy_engine_error', null)];
      };
      try {
        const evaluator = await evaluatorFor(actor);
        const input = inputOf(actor, facts, classification);
        return governedDomains.flatMap((domain) => {
          try {
            return ask(evaluator, domain, input);
          } catch (cause) {
            return failed(domain, cause);
          }
        });
      } catch (cause) {
        return failed('policy', cause);
      }
    },
    forget: held.forget,
  };
}

/** The input of the Rego contract (spec/enterprise.md §1.4): what a domain needs beyond it stands in `additional`. */
function inputOf(actor: Actor, facts: ActionFacts, classification: Classification): Record<string, unknown> {
  return {
    tenant_id: actor.tenantId,
    user_id: actor.userId,
    action: facts.id,
    data_classification: classification,
    target_system: facts.connector,
    additional: {
      operation: facts.operation,
      effect: facts.effect,
      role: actor.role,
      org_unit: actor.orgUnit,
    },
  };
}

function ask(evaluator: Evaluator, domain: GovernedDomain, input: Record<string, unknown>): MatchedRule[] {
  const answer = policyAnswer.parse(evaluator.evaluate(entrypointOf(domain), input));
  if (!answer.applicable) return [];
  const by = answer.decided_by;
  return [
    {
      domain,
      verdict: answer.verdict,
      code: answer.code,
      level: by?.level ?? 'none',
      policyId: by?.policy_id ?? null,
      policyName: by?.policy_name ?? null,
      policyVersion: by?.policy_version ?? null,
      rule: answer.rule,
    },
  ];
}

function entrypointOf(domain: GovernedDomain): string {
  return `openclaw/enterprise/${domain}/decision`;
}

function unmatched(domain: string, code: string, rule: unknown): MatchedRule {
  return {
    domain,
    verdict: 'deny',
    code,
    level: 'none',
    policyId: null,
    policyName: null,
    policyVersion: null,
    rule,
  };
}
