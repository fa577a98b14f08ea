import { CodedError } from '#domain/error.ts';
import type { Policy, PolicyStatus } from '#domain/policy/policy.ts';
import type { PolicyChange } from '#stores/policy/change.ts';
import { parseNewPolicy } from './parse-new-policy.ts';

/** What a change is worked out from. */
export interface PolicyGround {
  /** Active policies of the tenant. */
  active: readonly Policy[];
  /** Versions of the policy in question that are proven, oldest first; empty for a new one. */
  versions: readonly Policy[];
  /** Those that nothing proves: their numbers are taken, nothing else counts. */
  unproven: readonly Policy[];
  /** It was ended. */
  isOver: boolean;
  by: string;
  at: Date;
}

export type PolicyEvent =
  | 'created'
  | 'updated'
  | 'activated'
  | 'deprecated'
  | 'rolled_back'
  | 'canary_started'
  | 'canary_ended';

/** A change, worked out and checked against the levels above, not yet carried out. */
export interface PlannedPolicyChange {
  event: PolicyEvent;
  /** The version that the change adds or moves, as it will be afterwards. */
  policy: Policy;
  /** The version in force until then. */
  replaced: Policy | null;
  /** Does it change anything for people? */
  takesEffect: boolean;
  reason: string;
  change: PolicyChange;
}

interface Update {
  name?: string | undefined;
  status?: 'draft' | 'active' | undefined;
  rules?: Readonly<Record<string, unknown>> | undefined;
  may_grant?: Readonly<Record<string, unknown>> | null | undefined;
  change_reason: string;
}

/** Throws `INVALID_REQUEST` and `POLICY_HIERARCHY_VIOLATION`. */
export function planCreation(body: unknown, { active, by, at }: PolicyGround): PlannedPolicyChange {
  const policy = parseNewPolicy(body, { among: active, by, at });
  return {
    event: 'created',
    policy,
    replaced: null,
    takesEffect: policy.status === 'active',
    reason: policy.changeReason,
    change: { policyId: policy.id, deprecate: [], insert: policy, activate: null },
  };
}

/**
 * A new version; what the update leaves out stays as in the newest proven one, its status too. Throws
 * `POLICY_DEPRECATED`, `POLICY_UNPROVEN`, `INVALID_REQUEST`, `POLICY_HIERARCHY_VIOLATION`.
 */
export function planUpdate(update: Update, ground: PolicyGround): PlannedPolicyChange {
  const newest = livingNewest(ground);
  return nextVersion('updated', ground, {
    content: {
      ...newest,
      name: update.name ?? newest.name,
      rules: update.rules ?? newest.rules,
      mayGrant: update.may_grant === undefined ? newest.mayGrant : update.may_grant,
    },
    status: update.status ?? livingStatus(newest),
    reason: update.change_reason,
  });
}

/**
 * A new version with the content of an older one; it is in force if a version of the policy is. Throws what
 * `planUpdate` throws, and `NOT_FOUND` for an unknown version.
 */
export function planRollback(
  { to_version, change_reason }: { to_version: number; change_reason: string },
  ground: PolicyGround,
): PlannedPolicyChange {
  const newest = livingNewest(ground);
  const content = versionOf(ground, to_version);
  const status = livingStatus(activeOf(ground.versions) ?? newest);
  return nextVersion('rolled_back', ground, { content, status, reason: change_reason });
}

/**
 * Puts a draft in force; the versions before it end. `undefined` when it is in force already. Throws what `planUpdate`
 * throws.
 */
export function planActivation(
  { version, change_reason }: { version?: number | undefined; change_reason: string },
  ground: PolicyGround,
): PlannedPolicyChange | undefined {
  const newest = livingNewest(ground);
  const draft = version === undefined ? newest : versionOf(ground, version);
  if (draft.status === 'active') return undefined;
  if (draft.status === 'deprecated') throw new CodedError('POLICY_DEPRECATED');
  // Levels above may have become stricter since it was written.
  parsedAgain(draft, { ...ground, status: 'active', reason: draft.changeReason });
  return {
    event: 'activated',
    policy: { ...forEverybody(draft), status: 'active' },
    replaced: activeOf(ground.versions),
    takesEffect: true,
    reason: change_reason,
    change: {
      policyId: draft.id,
      deprecate: endedBy(draft.version, ground),
      insert: null,
      activate: draft.version,
    },
  };
}

/**
 * Ends a policy: its active version and its drafts, also what nothing proves. Throws `POLICY_DEPRECATED` when it has
 * ended already.
 */
export function planDeprecation(
  { change_reason }: { change_reason: string },
  ground: PolicyGround,
): PlannedPolicyChange {
  const deprecate = endedBy(Number.POSITIVE_INFINITY, ground);
  const newest = deprecate.length === 0 ? livingNewest(ground) : newestOf(ground);
  const replaced = activeOf(ground.versions);
  return {
    event: 'deprecated',
    policy: { ...forEverybody(newest), status: 'deprecated' },
    replaced,
    takesEffect: replaced !== null || ground.versions.some(({ canaryFor }) => canaryFor !== undefined),
    reason: change_reason,
    change: {
      policyId: newest.id,
      deprecate,
      insert: null,
      activate: null,
      ...(newest.unproven ? {} : { end: newest.version }),
    },
  };
}

interface Next {
  content: Policy;
  status: PolicyStatus;
  reason: string;
}

function nextVersion(
  event: PolicyEvent,
  ground: PolicyGround,
  { content, status, reason }: Next,
): PlannedPolicyChange {
  const version = nextNumber(ground);
  const parsed = parsedAgain(content, { ...ground, status, reason });
  const policy: Policy = { ...parsed, id: content.id, version, basedOn: content.version };
  const takesEffect = policy.status === 'active';
  return {
    event,
    policy,
    replaced: takesEffect ? activeOf(ground.versions) : null,
    takesEffect,
    reason,
    change: {
      policyId: policy.id,
      deprecate: takesEffect ? endedBy(version, ground) : [],
      insert: policy,
      activate: null,
    },
  };
}

/** Turns the policy into a body and parses that, so that every version passes the same checks. */
export function parsedAgain(
  { name, domain, scope, rules, mayGrant }: Policy,
  { active, by, at, status, reason }: PolicyGround & { status: PolicyStatus; reason: string },
): Policy {
  const body = {
    name,
    domain,
    scope: {
      level: scope.level,
      ...(scope.orgUnit === null ? {} : { org_unit: scope.orgUnit }),
      ...(scope.userId === null ? {} : { user_id: scope.userId }),
    },
    status,
    rules,
    may_grant: mayGrant,
    change_reason: reason,
  };
  return parseNewPolicy(body, { among: active, by, at });
}

/** The newest proven version of a policy that nobody ended. */
export function livingNewest(ground: PolicyGround): Policy {
  const newest = newestOf(ground);
  if (newest.unproven) throw new CodedError('POLICY_UNPROVEN');
  if (ground.isOver) throw new CodedError('POLICY_DEPRECATED');
  return newest;
}

function newestOf({ versions, unproven }: PolicyGround): Policy {
  const newest = versions.at(-1) ?? unproven.at(-1);
  if (newest === undefined) throw new CodedError('NOT_FOUND');
  return newest;
}

/** The version to act on; throws `NOT_FOUND` where there is none, `POLICY_UNPROVEN` for one that nothing proves. */
export function versionOf({ versions, unproven }: PolicyGround, version: number): Policy {
  const found = knownVersion([...versions, ...unproven], version);
  if (found.unproven) throw new CodedError('POLICY_UNPROVEN');
  return found;
}

/** The version to look at; throws `NOT_FOUND` where there is none. */
export function knownVersion(versions: readonly Policy[], version: number): Policy {
  const found = versions.find((one) => one.version === version);
  if (found === undefined) throw new CodedError('NOT_FOUND', { message: `there is no version ${version}` });
  return found;
}

/** The first free number after the newest proven version: rows that nothing proves use up no numbers but their own. */
function nextNumber({ versions, unproven }: PolicyGround): number {
  const taken = new Set(unproven.map(({ version }) => version));
  let next = (versions.at(-1)?.version ?? 0) + 1;
  while (taken.has(next)) next += 1;
  return next;
}

/** A draft whose status alone says that it ended is a draft: who ends a policy signs that. */
function livingStatus({ status }: Policy): PolicyStatus {
  return status === 'deprecated' ? 'draft' : status;
}

/** The version without its canary. */
export function forEverybody(policy: Policy): Policy {
  const { canaryFor, ...rest } = policy;
  return canaryFor === undefined ? policy : rest;
}

export function activeOf(versions: readonly Policy[]): Policy | null {
  return versions.find(({ status }) => status === 'active') ?? null;
}

/** What ends when this version comes in force: living ones before it, and all that nothing proves. */
function endedBy(version: number, { versions, unproven }: PolicyGround): number[] {
  return [...versions.filter((one) => one.version < version), ...unproven]
    .filter(({ status }) => status !== 'deprecated')
    .map((one) => one.version);
}
