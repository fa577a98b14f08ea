import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { mayReadPolicy } from '#domain/policy/access.ts';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { createInTurn } from '#platform/in-turn.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import type { SubjectStore } from '#stores/person/subjects.ts';
import type { PolicyState } from '#stores/policy/change.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';
import type { RecordEvent } from '../../record.ts';
import { findPolicy } from '../find.ts';
import { changeOnRecord } from './change-on-record.ts';
import { outranking, ownerOf, refusalToChange, refusalToMake } from './may-change.ts';
import type { PlannedPolicyChange, PolicyGround } from './plan-change.ts';

/** What a change means for people, as far as that was looked at. */
export interface PolicyReview {
  impactSummary: Readonly<Record<string, unknown>>;
  /** SHA-256 (hex) of what changes; a caller confirms it by sending it back. */
  digest: string;
}

export interface ReviewedChange extends PlannedPolicyChange {
  /** Active policies of the tenant before the change. */
  active: readonly Policy[];
  /** The digest that the caller confirms. */
  impactDigest: string | undefined;
}

/** Looks at a change before it is carried out, and stops it by throwing. `null` = nobody looked. */
export type ReviewChange = (actor: Actor, change: ReviewedChange) => Promise<PolicyReview | null>;

export interface PolicyChangeRequest {
  /** The policy to change, or the place of a new one. */
  target: { policyId: string } | { newAt: PolicyScope };
  /** The version that the caller last saw, from `If-Match`: entity tags, or `*`. */
  ifMatch?: string | undefined;
  impactDigest?: string | undefined;
  /** Works out the change; called again when policies changed meanwhile. `undefined` = there is nothing to do. */
  plan: (ground: PolicyGround) => PlannedPolicyChange | undefined;
}

export interface ChangedPolicy {
  policy: Policy;
  review: PolicyReview | null;
}

export type ChangePolicy = (actor: Actor, request: PolicyChangeRequest) => Promise<ChangedPolicy>;

/** A change that the person may make, worked out and not carried out. */
export interface ProposedChange {
  /** `undefined` = there is nothing to do. */
  planned: PlannedPolicyChange | undefined;
  ground: PolicyGround;
  seen: PolicyState;
}

interface ChangePolicyOptions {
  policies: PolicyStore;
  people: Pick<PeopleStore, 'rights'>;
  subjects: Pick<SubjectStore, 'find'>;
  recordEvent: RecordEvent;
  review?: ReviewChange;
  now: () => Date;
}

/** How often a change is worked out anew because others were faster. */
const attempts = 5;

/**
 * The one way in which people change policies: permission, `If-Match`, levels above, review; then, under a lock, the
 * rows, the signature and the audit entry, all or nothing. Throws `NOT_FOUND` (also for a policy that the caller may
 * not see), `forbidden`, `HIGHER_ROLE`, `POLICY_CHANGED`, what `plan` and the review throw, `POLICY_CONFLICT`, `POLICY_SET_REFUSED`
 * and `AUDIT_WRITE_FAILED`.
 */
export function createChangePolicy(options: ChangePolicyOptions): ChangePolicy {
  const { review = async () => null } = options;
  const propose = createProposeChange(options);
  const change: ChangePolicy = async (actor, request) => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const { planned, ground, seen } = await propose(actor, request);
      if (planned === undefined) return { policy: nothingToDo(ground), review: null };
      const { active } = ground;
      const reviewed = await review(actor, { ...planned, active, impactDigest: request.impactDigest });
      if (await carryOut(options, actor, { planned, reviewed, seen }))
        return { policy: planned.policy, review: reviewed };
    }
    throw new CodedError('POLICY_CHANGED');
  };
  // Changes in one process take turns; the attempts are for those of other gateways.
  const inTurn = createInTurn();
  return (actor, request) => inTurn(actor.tenantId, () => change(actor, request));
}

export type ProposeChange = (actor: Actor, request: PolicyChangeRequest) => Promise<ProposedChange>;

/** Works out a change that the person may make. Throws what changing throws for permission, `If-Match` and levels. */
export function createProposeChange(
  options: Pick<ChangePolicyOptions, 'policies' | 'people' | 'subjects' | 'recordEvent' | 'now'>,
): ProposeChange {
  const { policies, now } = options;
  return async (actor, request) => {
    const { target } = request;
    const { tenantId } = actor;
    const { revision, active, isIntact } = await policies.ground(tenantId);
    const found = 'newAt' in target ? [] : await findPolicy(policies, tenantId, target.policyId);
    const versions = found.filter((one) => !one.unproven);
    const unproven = found.filter((one) => one.unproven);
    if ('newAt' in target) await admitNew(options, actor, target.newAt);
    else await admit(options, actor, versions.at(-1) ?? unproven.at(-1));
    checkMatch(request.ifMatch, versions);
    const isOver = await hasEnded(policies, tenantId, versions);
    const ground = { active, versions, unproven, isOver, by: actor.userId, at: now() };
    const planned = request.plan(ground);
    // What would come in force beside what nobody signed is neither looked at nor done; nor is a policy of which nobody
    // can say whether it is in force.
    const isUnclear = versions.at(-1)?.status === 'deprecated';
    if (!isIntact && (planned?.takesEffect || isUnclear)) throw new CodedError('POLICY_SET_REFUSED');
    if (planned !== undefined) await admitNamed(options, actor, planned);
    return { planned, ground, seen: { revision, versions } };
  };
}

/** A version in force keeps its policy alive, whatever the newest one's status says. */
async function hasEnded(
  policies: Pick<PolicyStore, 'hasEnded'>,
  tenantId: string,
  versions: readonly Policy[],
): Promise<boolean> {
  const newest = versions.at(-1);
  if (newest?.status !== 'deprecated' || versions.some(({ status }) => status === 'active')) return false;
  return policies.hasEnded(tenantId, newest);
}

interface Planned {
  planned: PlannedPolicyChange;
  reviewed: PolicyReview | null;
  seen: PolicyState;
}

async function carryOut(
  options: ChangePolicyOptions,
  actor: Actor,
  { planned, reviewed, seen }: Planned,
): Promise<boolean> {
  const place = await placeInWords(options.subjects, actor, planned.policy.scope);
  const entry = entryOf(planned, { reviewed, place });
  return changeOnRecord(options, actor, { change: planned.change, seen, entry });
}

/** Strong entity tag of a policy: its newest version, and the status of that. */
export function entityTag({ version, status }: Pick<Policy, 'version' | 'status'>): string {
  return `"${version}-${status}"`;
}

function checkMatch(ifMatch: string | undefined, versions: readonly Policy[]): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const newest = versions.at(-1);
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (newest === undefined || tags.includes(entityTag(newest))) return;
  throw new CodedError('POLICY_CHANGED', { detail: { version: newest.version, status: newest.status } });
}

type Admitting = Pick<ChangePolicyOptions, 'people' | 'subjects' | 'recordEvent'>;

/** Throws unless the person may change this policy. One that they may not even see does not exist for them. */
async function admit(options: Admitting, actor: Actor, newest: Policy | undefined): Promise<void> {
  if (newest === undefined) throw new CodedError('NOT_FOUND');
  const refusal = await refusalToChange(options.people, actor, newest.scope);
  if (refusal === undefined) return;
  const place = await placeInWords(options.subjects, actor, newest.scope);
  await options.recordEvent(actor, {
    event: 'policy.updated',
    detail: `${describe(newest, place)}: not theirs to change`,
    outcome: 'denied',
    metadata: { policy_id: newest.id, error: refusal },
  });
  throw new CodedError(mayReadPolicy(actor, newest.scope) ? refusal : 'NOT_FOUND');
}

/** A canary acts on whom it names: none of them may outrank the actor. */
async function admitNamed(
  options: Admitting,
  actor: Actor,
  { policy, change }: PlannedPolicyChange,
): Promise<void> {
  const above = await outranking(options.people, actor, change.canary?.userIds ?? []);
  if (above.length === 0) return;
  const place = await placeInWords(options.subjects, actor, policy.scope);
  await options.recordEvent(actor, {
    event: 'policy.canary_started',
    detail: `${describe(policy, place)}: names ${above.length} whose role is higher or not known`,
    outcome: 'denied',
    metadata: { policy_id: policy.id, error: 'HIGHER_ROLE' },
  });
  const problem = 'names somebody whose role is higher than yours, or not known';
  throw new CodedError('HIGHER_ROLE', { detail: [{ field: 'user_ids', problem }] });
}

/** Comes before the comparison with the levels above, whose policies the caller may not be allowed to see. */
async function admitNew(options: Admitting, actor: Actor, scope: PolicyScope): Promise<void> {
  const owner = await ownerOf(options.people, actor, scope);
  const refusal = refusalToMake(actor, scope, owner);
  if (refusal !== undefined) {
    const place = await placeInWords(options.subjects, actor, scope);
    await options.recordEvent(actor, {
      event: 'policy.created',
      detail: `a policy for ${place}: not theirs to make`,
      outcome: 'denied',
      metadata: { error: refusal },
    });
    throw new CodedError(refusal);
  }
  const unit = owner?.orgUnit ?? null;
  if (unit !== null && scope.orgUnit !== null && scope.orgUnit !== unit) {
    throw new CodedError('INVALID_REQUEST', {
      detail: [{ field: 'scope.org_unit', problem: `is not the person's unit, ${unit}` }],
    });
  }
}

function nothingToDo({ versions }: PolicyGround): Policy {
  const policy = versions.find(({ status }) => status === 'active');
  if (policy === undefined) throw new CodedError('NOT_FOUND');
  return policy;
}

function entryOf(
  planned: PlannedPolicyChange,
  { reviewed, place }: { reviewed: PolicyReview | null; place: string },
) {
  const { event, policy, replaced, reason } = planned;
  const { name, rules, mayGrant } = policy;
  return {
    event: `policy.${event}`,
    detail: `${describe(policy, place)}: ${reason}`,
    outcome: 'success',
    metadata: {
      policy_id: policy.id,
      version: policy.version,
      status: policy.status,
      replaced_version: replaced?.version ?? null,
      content_digest: sha256Hex(canonicalJson({ name, rules, mayGrant })),
      canary_users: policy.canaryFor?.length ?? null,
      impact_digest: reviewed?.digest ?? null,
    },
  } as const;
}

function describe({ name, domain, version, status }: Policy, place: string): string {
  return `${name} (${domain}, ${place}), version ${version}, ${status}`;
}

/** Names the person by subject: the entry belongs to the writer and outlives the person whom the policy is for. */
async function placeInWords(
  subjects: ChangePolicyOptions['subjects'],
  { tenantId }: Actor,
  { level, orgUnit, userId }: PolicyScope,
): Promise<string> {
  const subject = userId === null ? null : await subjects.find(tenantId, userId);
  const person = subject === undefined ? 'whom the audit log does not know' : subject;
  return [level, orgUnit, person].filter((part) => part !== null).join(' ');
}
