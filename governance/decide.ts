import type { ActionFacts, Origin } from '#domain/action/action.ts';
import { approversFor } from '#domain/approval/approval.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Additional } from '#domain/policy/applicable.ts';
import type { Decision, MatchedRule } from '#domain/policy/decision.ts';
import { strictest } from '#domain/policy/verdict.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import { ownRule, rulesOfOrigin } from './own-rules.ts';
import { reasonInWords } from './reason-words.ts';

/** What policy is asked about. */
export interface DecisionQuestion {
  actor: Actor;
  facts: ActionFacts;
  classification: Classification;
  origin: Origin;
  target: string;
  /** SHA-256 (hex) of the input's canonical JSON. */
  inputDigest: string;
  runId: string | null;
  /** Have the requester's rights been confirmed for this moment? */
  requesterConfirmed: boolean;
  /** What a domain needs beyond the action: JSON that the Rego reads as `input.additional`. */
  additional?: Additional;
}

/** The part of a question that policy sees. */
export type PolicyQuestion = Pick<DecisionQuestion, 'actor' | 'facts' | 'classification' | 'additional'>;

export type EvaluatePolicy = (question: PolicyQuestion) => Promise<readonly MatchedRule[]>;

export type Decide = (question: DecisionQuestion) => Promise<Decision>;

/** Asks every applicable domain and takes the strictest verdict; whatever goes wrong is a denial. */
export function createDecide({ evaluate, now }: { evaluate: EvaluatePolicy; now: () => Date }): Decide {
  return async (question) => {
    const { actor, classification } = question;
    const rules = [
      ...(await rulesOf(evaluate, question)),
      ...rulesOfOrigin(question.facts, question.origin),
      ...ruleOfRights(question),
    ];
    const verdict = strictest(rules.map((rule) => rule.verdict));
    const approvers = approversFor(actor);
    const speaking = rules.filter((rule) => rule.verdict === verdict);
    return {
      decisionId: newId('decision'),
      verdict,
      reason: reasonInWords(speaking),
      rules,
      policyApplied: appliedPolicies(rules),
      classification,
      approvers,
      digest: digestOf(question, { verdict, rules, approvers }),
      at: now().toISOString(),
    };
  };
}

async function rulesOf(
  evaluate: EvaluatePolicy,
  { actor, facts, classification, additional }: DecisionQuestion,
): Promise<readonly MatchedRule[]> {
  try {
    const question = { actor, facts, classification };
    return await evaluate(additional === undefined ? question : { ...question, additional });
  } catch {
    return [ownRule('policy', 'deny', 'policy_engine_error')];
  }
}

/** A person whose rights can't be confirmed has none (spec/decisions.md 36). */
function ruleOfRights({ requesterConfirmed }: DecisionQuestion): readonly MatchedRule[] {
  return requesterConfirmed ? [] : [ownRule('rights', 'deny', 'requester_unconfirmed')];
}

/** `pol_…@3` of each policy that had a say, joined by commas. */
export function appliedPolicies(rules: readonly MatchedRule[]): string {
  const names = rules.flatMap(({ policyId, policyVersion }) =>
    policyId === null ? [] : [`${policyId}@${policyVersion}`],
  );
  return [...new Set(names)].join(',');
}

/**
 * What an approval is bound to: the requester, the action, the verdict, who may approve, and the content of the rules
 * behind it (not their version: an unrelated edit changes nothing).
 */
function digestOf(
  { actor, facts, target, inputDigest, origin, runId, additional }: DecisionQuestion,
  { verdict, rules, approvers }: Pick<Decision, 'verdict' | 'rules' | 'approvers'>,
): string {
  return sha256Hex(
    canonicalJson({
      tenantId: actor.tenantId,
      requesterId: actor.userId,
      runId,
      action: { ...facts, target, inputDigest, origin },
      ...(additional === undefined ? {} : { additional }),
      verdict,
      rules: rules.map(({ domain, verdict: ruleVerdict, code, level, rule }) => ({
        domain,
        verdict: ruleVerdict,
        code,
        level,
        rule,
      })),
      approvers,
    }),
  );
}
