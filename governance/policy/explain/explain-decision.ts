import { classifications } from '#domain/classification/classification.ts';
import { domainsToAsk } from '#domain/policy/applicable.ts';
import { ceilingRules } from '#domain/policy/ceiling.ts';
import { inPositions, topmostOf } from '#domain/policy/chain.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import type { MergedPolicy } from '#domain/policy/merge.ts';
import { governedAs } from '#domain/policy/oversight.ts';
import { checkPolicy } from '#domain/policy/policy.schema.ts';
import { type Policy, type PolicyLevel, policyLevels } from '#domain/policy/policy.ts';
import { type GovernedDomain, governedDomains, type RulesOf } from '#domain/policy/rules.ts';
import { type PointValue, strictnessOf, valueAt } from '#domain/policy/statement.ts';
import { strictest, type Verdict } from '#domain/policy/verdict.ts';
import { appliedPolicies, type PolicyQuestion } from '../../decide.ts';
import { reasonInWords } from '../../reason-words.ts';
import type { PolicyCache } from '../cache.ts';
import { mergeDomain, policiesFor } from '../effective.ts';
import type { PolicyEvaluator } from '../evaluate.ts';
import { policiesInForce } from '../in-force.ts';
import { type AskedPoint, askedPoints, blamedPoints, fixedAnswer } from './explain-points.ts';

/** What one policy says at the points that the answer depends on. */
interface LevelWords {
  level: PolicyLevel;
  /** `null` where no policy of that level covers the person. */
  policy: Pick<Policy, 'id' | 'name' | 'version' | 'scope'> | null;
  /** Its values; `null` where it says nothing. */
  says: Readonly<Record<string, PointValue | null>>;
  /** Ceilings for the values of levels below. */
  mayGrant: Readonly<Record<string, PointValue | null>>;
}

export interface DomainExplanation {
  domain: string;
  verdict: Verdict;
  code: string;
  reason: string;
  decidedBy: { policyId: string; policyName: string; policyVersion: number; level: string } | null;
  rule: unknown;
  /** The resulting value of each point. */
  effective: Readonly<Record<string, PointValue | null>>;
  /** All four levels, most authority first; a level with several policies appears several times. */
  levels: readonly LevelWords[];
  /** One sentence each; empty where nothing stands in the way. */
  wouldChange: readonly string[];
}

export interface Explanation {
  verdict: Verdict;
  /** `pol_…@3`, joined by commas. */
  policyApplied: string;
  reason: string;
  constraints: Readonly<Record<string, unknown>>;
  domains: readonly DomainExplanation[];
}

/** What policy says to a question, and why. Nothing is done or recorded. */
export type ExplainDecision = (question: PolicyQuestion) => Promise<Explanation>;

interface ExplainDecisionOptions {
  policyCache: Pick<PolicyCache, 'read'>;
  evaluateUnder: PolicyEvaluator['evaluateUnder'];
}

/** Throws `POLICY_ENGINE_UNREACHABLE` while policies can't be read. */
export function createExplainDecision({
  policyCache,
  evaluateUnder,
}: ExplainDecisionOptions): ExplainDecision {
  return async (question) => {
    const { actor, facts, additional = {} } = question;
    const { policies } = await policiesInForce(policyCache, actor.tenantId);
    const rules = await evaluateUnder(policies, question);
    const own = policiesFor(governedAs(actor, facts.id), policies);
    const verdict = strictest(rules.map((rule) => rule.verdict));
    const asked = domainsToAsk(facts, additional);
    return {
      verdict,
      policyApplied: appliedPolicies(rules),
      reason: reasonInWords(rules.filter((rule) => rule.verdict === verdict)),
      constraints: constraintsOf(rules),
      domains: rules.map((rule) => {
        const domain = governedDomains.find((known) => known === rule.domain && asked.includes(known));
        return explainRule(rule, domain, { own, question });
      }),
    };
  };
}

interface Ground {
  own: readonly Policy[];
  question: PolicyQuestion;
}

function explainRule<D extends GovernedDomain>(
  rule: MatchedRule,
  domain: D | undefined,
  { own, question }: Ground,
): DomainExplanation {
  const { verdict, code, policyId, policyName, policyVersion, level } = rule;
  const told = { domain: rule.domain, verdict, code, reason: reasonInWords([rule]), rule: rule.rule };
  const decidedBy =
    policyId === null || policyName === null || policyVersion === null
      ? null
      : { policyId, policyName, policyVersion, level };
  if (domain === undefined) {
    const wouldChange = fixedAnswer(code, { hasOwn: false }) ?? [];
    return { ...told, decidedBy, effective: {}, levels: [], wouldChange };
  }
  const points = askedPoints(domain, question);
  const chain = chainOf(domain, own, points);
  const merged = mergeDomain(domain, own);
  const effective = Object.fromEntries(points.map((point) => [pathOf(point), valueOf(merged, point)]));
  const blamed = verdict === 'allow' ? [] : blamedPoints(code, points);
  return {
    ...told,
    decidedBy,
    effective,
    levels: inLevels(chain),
    wouldChange:
      fixedAnswer(code, { hasOwn: chain.length > 0 }) ??
      blamed.flatMap((point) => obstacles(point, chain, valueOf(merged, point))),
  };
}

/** What one policy says at the points in question, value and ceiling. */
interface Spoken extends LevelWords {
  policy: NonNullable<LevelWords['policy']>;
}

function chainOf<D extends GovernedDomain>(
  domain: D,
  own: readonly Policy[],
  points: readonly AskedPoint<RulesOf[D]>[],
): readonly Spoken[] {
  const checked = own
    .filter((policy) => policy.domain === domain)
    .map((policy) => checkPolicy(domain, policy));
  const positions = inPositions(checked);
  const top = topmostOf(positions);
  return positions.flatMap((position) =>
    position.map((policy) => {
      const at = (rules: RulesOf[D]) =>
        Object.fromEntries(
          points.map((point) => {
            const statement = point.field.state(rules, { topmost: position === top });
            return [pathOf(point), valueAt(statement, point.key) ?? null];
          }),
        );
      const { id, name, version, scope } = policy;
      return {
        level: scope.level,
        policy: { id, name, version, scope },
        says: at(policy.rules),
        mayGrant: at(ceilingRules(policy)),
      };
    }),
  );
}

function valueOf(merged: MergedPolicy | undefined, { field, key }: AskedPoint): PointValue | null {
  const stated = new Map(Object.entries(merged?.fields[field.name] ?? {}));
  return valueAt(stated, key)?.value ?? null;
}

/** Where a point stands in the rules: `action_overrides.github_issue_comment`. */
function pathOf({ field, key }: AskedPoint): string {
  return field.where(key) ?? `${field.name} ${key}`;
}

function inLevels(chain: readonly Spoken[]): readonly LevelWords[] {
  return policyLevels.flatMap((level): readonly LevelWords[] => {
    const here = chain.filter((one) => one.level === level);
    return here.length > 0 ? here : [{ level, policy: null, says: {}, mayGrant: {} }];
  });
}

/** Each policy that would have to say more, or let levels below say more, to loosen the point. */
function obstacles(
  point: AskedPoint,
  chain: readonly Spoken[],
  effective: PointValue | null,
): readonly string[] {
  if (effective === null) return [];
  const { field } = point;
  const path = pathOf(point);
  const asStrict = (value: PointValue | null | undefined) =>
    value !== null && value !== undefined && strictnessOf(field, value) >= strictnessOf(field, effective);
  const speaker = chain.findLastIndex(({ says }) => says[path] !== null);
  const above = chain.slice(0, Math.max(speaker, 0)).filter(({ mayGrant }) => asStrict(mayGrant[path]));
  const own = chain[speaker];
  const sentences = above.map(
    (one) => `${called(one)} would have to let levels below go beyond ${one.mayGrant[path]} at ${path}.`,
  );
  if (own === undefined || !asStrict(own.says[path])) return sentences;
  const room = own.mayGrant[path];
  const below =
    above.length === 0 && own.level !== 'user' && room !== null && !asStrict(room)
      ? ` A policy below it may say up to ${room}.`
      : '';
  return [
    ...sentences,
    `${called(own)} says ${own.says[path]} at ${path}; it would have to say otherwise.${below}`,
  ];
}

function called({ policy, level }: Spoken): string {
  return `"${policy.name}" (${level}, ${policy.id} version ${policy.version})`;
}

/** The constraints that go with the answer: of several labels the lowest, a duty if any rule has it. */
function constraintsOf(rules: readonly MatchedRule[]): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of rules.flatMap(({ constraints = {} }) => Object.entries(constraints))) {
    const before = merged[name];
    const lower = classifications.find((label) => label === value || label === before);
    if (before === undefined || value === true) merged[name] = value;
    else if (lower !== undefined) merged[name] = lower;
  }
  return merged;
}
