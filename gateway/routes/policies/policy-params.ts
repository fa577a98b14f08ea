import { z } from 'zod';
import type { ErrorCode } from '#domain/error.ts';

export const policyParams = z.strictObject({ id: z.string().max(64) });

/** A change that names the version its author saw is refused when there is a newer one. */
export const ifMatchHeader = z.object({ 'if-match': z.string().max(500).optional() });

/** Codes with which every change of a policy can be refused. */
export const policyChangeErrors = [
  'NOT_FOUND',
  'forbidden',
  'HIGHER_ROLE',
  'POLICY_HIERARCHY_VIOLATION',
  'POLICY_ENTERPRISE_ONLY',
  'POLICY_CHANGED',
  'POLICY_CONFLICT',
  'POLICY_LIMIT_REACHED',
  'POLICY_DEPRECATED',
  'POLICY_UNPROVEN',
  'POLICY_IMPACT_CHANGED',
  'POLICY_IMPACT_REVIEW_REQUIRED',
  'POLICY_ENGINE_UNREACHABLE',
  'POLICY_SET_REFUSED',
  'AUDIT_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** Codes with which a look at the impact of a change can be refused. */
export const impactErrors = [
  'NOT_FOUND',
  'forbidden',
  'HIGHER_ROLE',
  'POLICY_HIERARCHY_VIOLATION',
  'POLICY_ENTERPRISE_ONLY',
  'POLICY_CONFLICT',
  'POLICY_DEPRECATED',
  'POLICY_UNPROVEN',
  'POLICY_SET_REFUSED',
  'POLICY_DENIED',
  'POLICY_APPROVAL_REQUIRED',
  'POLICY_ENGINE_UNREACHABLE',
  'AUDIT_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** Reading rules gives no access to anybody's data; only changes of them are recorded. */
export const readingIsNotAudited = { none: 'rules of the tenant, not data; every change of them is audited' };
