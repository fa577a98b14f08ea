import { CodedError } from '#domain/error.ts';
import { tenantIdPattern } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { normalOrgUnit } from '#domain/person/org-unit.ts';
import { type GroupRole, roleFromGroups } from '#domain/person/role.ts';
import type { VerifiedClaims } from './verify-token.ts';

/** Which claims mean what, and which group gives which role. */
export interface ClaimsMap {
  /** OIDC_TENANT_CLAIM. */
  tenant: string;
  /** OIDC_ORG_UNIT_CLAIM. */
  orgUnit: string;
  /** OIDC_GROUPS_CLAIM. */
  groups: string;
  /** OIDC_GROUP_ROLES: the first line that matches decides. */
  groupRoles: readonly GroupRole[];
}

/** A person as the identity provider states them. */
export interface Identity {
  actor: Actor;
  email: string | null;
  name: string | null;
  /** ISO 8601: when the provider stated this, no later than the sign-in that it goes back to. */
  statedAt: string;
  /** ISO 8601: when the token that states this was issued. */
  issuedAt: string;
}

const longestName = 320;

/** Tenant and person of a token, before any right is derived; throws `TENANT_UNKNOWN`. */
export function tenantFromClaims(claims: VerifiedClaims, map: Pick<ClaimsMap, 'tenant'>): string {
  const tenant = claims[map.tenant];
  if (typeof tenant !== 'string' || !tenantIdPattern.test(tenant)) throw new CodedError('TENANT_UNKNOWN');
  return tenant;
}

/**
 * Rights from claims (spec/enterprise.md §1.14, decisions 14 and 15). Throws `TENANT_UNKNOWN`, or `forbidden` when
 * no group gives a role, or when a role that covers an org unit comes without one.
 */
export function actorFromClaims(claims: VerifiedClaims, map: ClaimsMap): Identity {
  const tenantId = tenantFromClaims(claims, map);
  const role = roleFromGroups(groupsOf(claims[map.groups]), map.groupRoles);
  if (role === undefined) {
    throw new CodedError('forbidden', {
      message: 'You are signed in, but none of your groups gives you a role.',
    });
  }
  const orgUnit = orgUnitOf(claims[map.orgUnit]);
  if (orgUnit === '' && (role === 'team_lead' || role === 'org_admin')) {
    throw new CodedError('forbidden', { message: `Your role needs an org unit (claim ${map.orgUnit}).` });
  }
  return {
    actor: { tenantId, userId: claims.sub, role, orgUnit },
    email: plain(claims.email),
    name: plain(claims.name),
    statedAt: new Date(statedSeconds(claims) * 1_000).toISOString(),
    issuedAt: new Date(claims.iat * 1_000).toISOString(),
  };
}

/** Some providers send a single group as a bare string. */
function groupsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim];
  return Array.isArray(claim) ? claim.filter((group) => typeof group === 'string') : [];
}

function orgUnitOf(claim: unknown): string {
  if (claim === undefined || claim === null) return '';
  const unit = typeof claim === 'string' ? normalOrgUnit(claim) : undefined;
  if (unit === undefined)
    throw new CodedError('forbidden', { message: 'Your org unit is not a path of names.' });
  return unit;
}

function plain(claim: unknown): string | null {
  if (typeof claim !== 'string' || claim === '' || claim.length > longestName) return null;
  return /\p{C}/u.test(claim) ? null : claim;
}

/** The older of the two: a token renewed long after the sign-in states nothing new as to a revocation. */
function statedSeconds(claims: VerifiedClaims): number {
  const { auth_time: authTime } = claims;
  return typeof authTime === 'number' && authTime > 0 && authTime < claims.iat ? authTime : claims.iat;
}
