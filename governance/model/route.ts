import { type Classification, classifications, isAbove } from '#domain/classification/classification.ts';
import { isExternalModel, isKeptInside, type ModelFacts } from '#domain/model/model.ts';
import type { Decision, MatchedRule } from '#domain/policy/decision.ts';

/** What to do with a model call after policy has decided about one model. */
export type ModelRouting = 'call' | 'reroute' | 'refuse';

/** Denials that concern this model alone; any other one concerns the call, whichever model is asked. */
const aboutTheModel = new Set(['label_kept_inside', 'external_model', 'model_not_allowed']);

/**
 * May this model be asked with data of this label? A call that may not leave the installation is rerouted, also where
 * the verdict allows it and only its ceiling does not (spec/enterprise.md §1.4).
 */
export function routingOf(model: ModelFacts, label: Classification, decision: Decision): ModelRouting {
  const keptInside = isExternalModel(model) && isKeptInside(label);
  if (decision.verdict === 'allow' || decision.verdict === 'notify') {
    return isWithin(label, decision.rules, keptInside) ? 'call' : 'reroute';
  }
  const denials = decision.rules.filter(({ verdict }) => verdict === 'deny');
  const onlyThisModel =
    denials.length > 0 && denials.every(({ domain, code }) => domain === 'models' && aboutTheModel.has(code));
  return keptInside && onlyThisModel ? 'reroute' : 'refuse';
}

/** Data that is kept inside goes to an external model only where a ceiling says so. */
function isWithin(label: Classification, rules: readonly MatchedRule[], keptInside: boolean): boolean {
  const ceilings = rules.flatMap((rule) => (rule.domain === 'models' ? [ceilingOf(rule)] : []));
  const stated = ceilings.filter((ceiling) => ceiling !== undefined);
  if (stated.length === 0) return !keptInside;
  return stated.every((ceiling) => !isAbove(label, ceiling));
}

function ceilingOf({ constraints }: MatchedRule): Classification | undefined {
  const stated = constraints?.['max_classification'];
  if (stated === undefined) return undefined;
  return classifications.find((label) => label === stated) ?? 'public';
}
