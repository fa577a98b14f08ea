import type { Verdict } from './verdict.ts';

/** Which changes of policy have to name the digest of their impact (spec/decisions.md 30). */
export const policyChangeReviews = ['off', 'widening', 'all'] as const;

export type PolicyChangeReview = (typeof policyChangeReviews)[number];

/** How a decision can change for a person; `newly_allowed` also when a person has to approve it from now on. */
export const impactKinds = [
  'newly_blocked',
  'newly_needs_approval',
  'newly_allowed',
  'no_longer_needs_approval',
  'newly_notified',
  'no_longer_notified',
] as const;

export type ImpactKind = (typeof impactKinds)[number];

/** `undefined` when nothing changes. */
export function impactKind(before: Verdict, after: Verdict): ImpactKind | undefined {
  if (before === after) return undefined;
  if (after === 'deny') return 'newly_blocked';
  if (before === 'deny') return 'newly_allowed';
  if (after === 'require_approval') return 'newly_needs_approval';
  if (before === 'require_approval') return 'no_longer_needs_approval';
  return after === 'notify' ? 'newly_notified' : 'no_longer_notified';
}

/** What policy says about a recorded decision, and which rule says so. */
export interface Said {
  verdict: Verdict;
  reason: string;
  level: string;
  policyId: string | null;
  policyName: string | null;
  policyVersion: number | null;
}

export interface ImpactExample {
  decisionId: string;
  /** ISO 8601. */
  at: string;
  before: Said;
  after: Said;
}

/** Recorded decisions about one person and one action that change in the same way. */
export interface ImpactGroup {
  kind: ImpactKind;
  before: Verdict;
  after: Verdict;
  /** The person as the audit log names them. */
  subject: string;
  /** `null` for a person who was erased. */
  userId: string | null;
  orgUnit: string;
  action: string;
  connector: string;
  decisions: number;
  /** The newest, `maxExamples` at most. */
  examples: readonly ImpactExample[];
}

export const maxExamples = 5;

/** Groups with most decisions first, so that what is cut off a long list matters least. */
export function byWeight(groups: readonly ImpactGroup[]): ImpactGroup[] {
  return groups.toSorted((a, b) => b.decisions - a.decisions || (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** What identifies a group. */
export function keyOf({
  before,
  after,
  subject,
  action,
  connector,
}: Pick<ImpactGroup, 'before' | 'after' | 'subject' | 'action' | 'connector'>): string {
  return JSON.stringify([before, after, subject, action, connector]);
}

export type ImpactSummary = Readonly<Record<ImpactKind, { decisions: number; people: number }>>;

export function summaryOf(groups: readonly ImpactGroup[]): ImpactSummary {
  const of = (kind: ImpactKind) => {
    const those = groups.filter((group) => group.kind === kind);
    return {
      decisions: those.reduce((sum, { decisions }) => sum + decisions, 0),
      people: new Set(those.map(({ subject }) => subject)).size,
    };
  };
  return {
    newly_blocked: of('newly_blocked'),
    newly_needs_approval: of('newly_needs_approval'),
    newly_allowed: of('newly_allowed'),
    no_longer_needs_approval: of('no_longer_needs_approval'),
    newly_notified: of('newly_notified'),
    no_longer_notified: of('no_longer_notified'),
  };
}

/** Kinds that give somebody more than before. */
const loosening: readonly ImpactKind[] = ['newly_allowed', 'no_longer_needs_approval', 'no_longer_notified'];

export function loosens({ kind }: Pick<ImpactGroup, 'kind'>): boolean {
  return loosening.includes(kind);
}

/** Does a change with this impact have to name its digest? */
export function needsReview(review: PolicyChangeReview, { widening }: { widening: boolean }): boolean {
  return review === 'all' || (review === 'widening' && widening);
}
