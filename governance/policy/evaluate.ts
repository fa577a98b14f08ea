import type { ActionFacts } from '#domain/action/action.ts';
import type { Actor } from '#domain/person/actor.ts';
import { domainsToAsk } from '#domain/policy/applicable.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import { governedAs } from '#domain/policy/oversight.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { type GovernedDomain, governedDomains } from '#domain/policy/rules.ts';
import { type LoadedPolicy, type PolicyEngine, wasmEngine } from '#platform/opa/engine.ts';
import type { RegoModule } from '#platform/opa/load-module.ts';
import type { EvaluatePolicy, PolicyQuestion } from '../decide.ts';
import { askDomains, denial, entrypoints, type PolicyInput } from './ask-domains.ts';
import type { PolicySnapshot } from './cache.ts';
import { createLoadedPolicies, type LoadedPolicies } from './loaded.ts';

/** Rules from another source, such as customers' own Rego: they restrict, and never allow. */
export type FurtherRules = (actor: Actor, input: PolicyInput) => Promise<readonly MatchedRule[]>;

interface PolicyEvaluatorOptions {
  module: RegoModule;
  /** Default: the compiled Rego of `module`, in this process. */
  engine?: PolicyEngine;
  furtherRules?: FurtherRules;
  /** The active policies of a tenant, cached and verified: asked for on every evaluation. */
  readPolicies: (tenantId: string) => Promise<PolicySnapshot>;
  /** The table of actions: an action that is not in it is denied. */
  actions: readonly ActionFacts[];
  /** Called with the reason why an evaluation failed; the answer is a denial in any case. */
  onFailure?: (failure: {
    tenantId: string;
    domain: GovernedDomain | 'policy' | 'customer';
    cause: unknown;
  }) => void;
}

export interface PolicyEvaluator {
  /** What each applicable domain says. Never throws and is never empty: a domain that can't be evaluated denies. */
  evaluate: EvaluatePolicy;
  /**
   * What the domains would say with other policies in force: for the impact of a change. Pass the same array for many
   * questions, so that it is merged once. `only`: ask only this domain, which is all that a change of its policies can
   * affect.
   */
  evaluateUnder(
    policies: readonly Policy[],
    question: PolicyQuestion,
    only?: GovernedDomain,
  ): Promise<readonly MatchedRule[]>;
}

/**
 * Asks the Rego of every domain that may have a say, with the merged policy of the person who asks. Throws when the
 * module lacks a domain, so that a process with the wrong policies does not start.
 */
export function createPolicyEvaluator(options: PolicyEvaluatorOptions): PolicyEvaluator {
  const { module, engine = wasmEngine(module), furtherRules, readPolicies, actions } = options;
  const { onFailure = () => {} } = options;
  for (const domain of governedDomains) {
    if (!module.entrypoints.includes(entrypoints[domain]))
      throw new Error(`no compiled policy for ${domain}`);
  }
  const table = new Map(actions.map((facts) => [facts.id, facts]));
  const loadedPolicies = createLoadedPolicies({ engine });
  const tried = new WeakMap<readonly Policy[], LoadedPolicies>();

  const rulesFrom = async (
    load: (person: Pick<Actor, 'orgUnit' | 'userId'>) => Promise<LoadedPolicy>,
    { actor, facts: named, classification, additional = {} }: PolicyQuestion,
    only?: GovernedDomain,
  ): Promise<readonly MatchedRule[]> => {
    const facts = table.get(named.id);
    if (facts === undefined) return [denial('actions', 'unknown_action', { [named.id]: null })];
    const input = inputOf({ actor, facts, classification, additional });
    const failed = (domain: GovernedDomain | 'policy' | 'customer', cause: unknown) => {
      onFailure({ tenantId: actor.tenantId, domain, cause });
      return [denial(domain, domain === 'customer' ? 'customer_policy_failed' : 'policy_engine_error', null)];
    };
    const domains = domainsToAsk(facts, additional).filter((domain) => only === undefined || domain === only);
    const own = async () => {
      try {
        const loaded = await load(governedAs(actor, facts.id));
        return await askDomains(domains, { loaded, input, failed });
      } catch (cause) {
        return failed('policy', cause);
      }
    };
    if (furtherRules === undefined || only !== undefined) return own();
    const further = async () => {
      try {
        return onlyRestricting(await furtherRules(actor, input));
      } catch (cause) {
        return failed('customer', cause);
      }
    };
    return (await Promise.all([own(), further()])).flat();
  };

  return {
    evaluate: (question) =>
      rulesFrom(async (person) => {
        const { tenantId } = question.actor;
        const { revision, policies } = await readPolicies(tenantId);
        return loadedPolicies.for(person, { scope: JSON.stringify([tenantId, revision]), policies });
      }, question),
    evaluateUnder(policies, question, only) {
      const under = tried.get(policies) ?? createLoadedPolicies({ engine, maxLoaded: 50 });
      tried.set(policies, under);
      return rulesFrom((person) => under.for(person, { scope: '', policies }), question, only);
    },
  };
}

/** What a domain needs beyond the common fields is in `additional`; the facts of the action win over it. */
function inputOf({ actor, facts, classification, additional }: PolicyQuestion): PolicyInput {
  return {
    tenant_id: actor.tenantId,
    user_id: actor.userId,
    action: facts.id,
    data_classification: classification,
    target_system: facts.connector,
    additional: {
      ...additional,
      operation: facts.operation,
      effect: facts.effect,
      role: actor.role,
      org_unit: actor.orgUnit,
    },
  };
}

/** Rules from another source that would allow are ignored: the strictest of all the others holds. */
function onlyRestricting(rules: readonly MatchedRule[]): readonly MatchedRule[] {
  return rules.filter(({ verdict }) => verdict !== 'allow');
}
