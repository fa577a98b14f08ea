import { setImmediate } from 'node:timers/promises';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { domainsToAsk } from '#domain/policy/applicable.ts';
import { scopeCovers } from '#domain/policy/chain.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import {
  type ImpactGroup,
  type ImpactKind,
  impactKind,
  keyOf,
  maxExamples,
  type Said,
} from '#domain/policy/impact.ts';
import { governedAs } from '#domain/policy/oversight.ts';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import { strictest } from '#domain/policy/verdict.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { SubjectStore } from '#stores/person/subjects.ts';
import type { AlikeDecisions, ImpactStore, ReplayWindow } from '#stores/policy/impact.ts';
import { rulesOfOrigin } from '../../own-rules.ts';
import { brokenCodes, reasonInWords } from '../../reason-words.ts';
import type { PolicyEvaluator } from '../evaluate.ts';

interface ReplayOptions {
  impact: Pick<ImpactStore, 'pages'>;
  subjects: Pick<SubjectStore, 'userIds'>;
  evaluateUnder: PolicyEvaluator['evaluateUnder'];
}

export interface Replay {
  tenantId: string;
  window: ReplayWindow;
  domain: GovernedDomain;
  /** The scope of the policy that changes: it can affect nobody else. */
  scope: PolicyScope;
  before: readonly Policy[];
  after: readonly Policy[];
}

export interface Replayed {
  /** Number of recorded decisions in the window about people whom the policy covers. */
  decisions: number;
  groups: readonly ImpactGroup[];
}

/** The answers to one question before and after the change. */
interface Outcome {
  kind: ImpactKind;
  subject: string;
  userId: string | null;
  before: Said;
  after: Said;
}

/** After so many milliseconds of evaluating, other work gets a turn. */
const turnMs = 10;

/**
 * Asks every recorded decision of the window again under two sets of policies; identical questions are asked once.
 * Throws `POLICY_ENGINE_UNREACHABLE` when only one side answers a question, rather than count that as a denial.
 */
export async function replayDecisions(options: ReplayOptions, replay: Replay): Promise<Replayed> {
  const { impact, subjects } = options;
  const { tenantId, window, scope, domain } = replay;
  const people = new Map<string, string>();
  const outcomes = new Map<string, Outcome | undefined>();
  const groups = new Map<string, ImpactGroup>();
  let decisions = 0;
  let turn = performance.now();
  for await (const page of impact.pages(tenantId, window)) {
    const strangers = page.groups.flatMap(({ input: { actor } }) =>
      actor.subject === undefined || people.has(actor.subject) ? [] : [actor.subject],
    );
    for (const [subject, userId] of await subjects.userIds(tenantId, strangers)) people.set(subject, userId);
    // Sorted so that neighbours share their merged policy.
    const ordered = page.groups
      .map((alike) => ({ alike, person: personOf(tenantId, alike, people) }))
      .toSorted((a, b) => (placeOf(a.person) < placeOf(b.person) ? -1 : 1));
    for (const { alike, person } of ordered) {
      const { action, additional = {} } = alike.input;
      if (!scopeCovers(scope, governedAs(person, action.id))) continue;
      decisions += alike.count;
      if (!domainsToAsk(action, additional).includes(domain)) continue;
      const { key } = alike;
      if (!outcomes.has(key)) outcomes.set(key, await askAgain(options, replay, { alike, person, people }));
      const outcome = outcomes.get(key);
      if (outcome !== undefined) addTo(groups, alike, outcome);
      if (performance.now() - turn > turnMs) {
        await setImmediate();
        turn = performance.now();
      }
    }
  }
  return { decisions, groups: [...groups.values()] };
}

interface Asked {
  alike: AlikeDecisions;
  person: Actor;
  people: ReadonlyMap<string, string>;
}

async function askAgain(
  { evaluateUnder }: ReplayOptions,
  { domain, before, after }: Replay,
  { alike, person, people }: Asked,
): Promise<Outcome | undefined> {
  const { action: facts, classification, additional, actor } = alike.input;
  const question = {
    actor: person,
    facts,
    classification,
    ...(additional === undefined ? {} : { additional }),
  };
  const alone = await Promise.all(
    [before, after].map((policies) => evaluateUnder(policies, question, domain)),
  );
  // The other domains say the same on both sides.
  if (new Set(alone.map(verdictOf)).size === 1) return undefined;
  const [was, is] = [await evaluateUnder(before, question), await evaluateUnder(after, question)];
  if (isBroken(was) !== isBroken(is)) throw new CodedError('POLICY_ENGINE_UNREACHABLE');
  const outside = rulesOfOrigin(facts, alike.fromOutside ? 'outside' : 'user');
  const [one, other] = [
    [...was, ...outside],
    [...is, ...outside],
  ];
  const kind = impactKind(verdictOf(one), verdictOf(other));
  if (kind === undefined) return undefined;
  const { subject = `older:${sha256Hex(actor.userId ?? '').slice(0, 12)}` } = actor;
  const userId = actor.subject === undefined ? (actor.userId ?? null) : (people.get(actor.subject) ?? null);
  return { kind, subject, userId, before: saidBy(one), after: saidBy(other) };
}

/** A question that is denied today for want of an answer stays denied: no impact of the change. */
function isBroken(rules: readonly MatchedRule[]): boolean {
  return rules.some(({ code }) => brokenCodes.has(code));
}

function verdictOf(rules: readonly MatchedRule[]) {
  return strictest(rules.map(({ verdict }) => verdict));
}

function saidBy(rules: readonly MatchedRule[]): Said {
  const verdict = verdictOf(rules);
  const speaking = rules.filter((rule) => rule.verdict === verdict);
  const [first] = speaking;
  return {
    verdict,
    reason: reasonInWords(speaking),
    level: first?.level ?? 'none',
    policyId: first?.policyId ?? null,
    policyName: first?.policyName ?? null,
    policyVersion: first?.policyVersion ?? null,
  };
}

/** The person as they were when it was decided. An erased person is one whom no policy names. */
function personOf(
  tenantId: string,
  { input: { actor } }: AlikeDecisions,
  people: ReadonlyMap<string, string>,
): Actor {
  const { subject, userId, role, orgUnit } = actor;
  const known = subject === undefined ? userId : (people.get(subject) ?? subject);
  return { tenantId, userId: known ?? '', role, orgUnit };
}

function placeOf({ orgUnit, userId }: Actor): string {
  return `${orgUnit}\n${userId}`;
}

function addTo(groups: Map<string, ImpactGroup>, alike: AlikeDecisions, outcome: Outcome): void {
  const { kind, subject, userId, before, after } = outcome;
  const { action, actor } = alike.input;
  const named = {
    kind,
    before: before.verdict,
    after: after.verdict,
    subject,
    action: action.id,
    connector: action.connector,
  };
  const key = keyOf(named);
  const known = groups.get(key);
  const examples = alike.examples.map((example) => ({ ...example, before, after }));
  groups.set(key, {
    ...named,
    userId,
    orgUnit: known?.orgUnit ?? actor.orgUnit,
    decisions: (known?.decisions ?? 0) + alike.count,
    examples: [...(known?.examples ?? []), ...examples]
      .toSorted((a, b) => (a.decisionId > b.decisionId ? -1 : 1))
      .slice(0, maxExamples),
  });
}
