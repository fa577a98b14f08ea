import { z } from 'zod';
import type { ErrorCode } from '#domain/error.ts';

export const policyParams = z.strictObject({ id: z.string().max(64) });

/** A change that names what its author saw is refused when that has passed. */
export const ifMatchHeader = z.object({ 'if-match': z.string().max(500).optional() });

/** What every change of a policy can be refused with. */
export const policyChangeErrors = [
  'NOT_FOUND',
  'forbidden',
  'POLICY_HIERARCHY_VIOLATION',
  'POLICY_CHANGED',
  'POLICY_CONFLICT',
  'POLICY_LIMIT_REACHED',
  'POLICY_DEPRECATED',
  'POLICY_IMPACT_CHANGED',
  'POLICY_IMPACT_REVIEW_REQUIRED',
  'POLICY_ENGINE_UNREACHABLE',
  'POLICY_SET_REFUSED',
  'AUDIT_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** What a look at the impact of a change can be refused with. */
export const impactErrors = [
  'NOT_FOUND',
  'forbidden',
  'POLICY_HIERARCHY_VIOLATION',
  'POLICY_CONFLICT',
  'POLICY_DEPRECATED',
  'POLICY_DENIED',
  'POLICY_APPROVAL_REQUIRED',
  'POLICY_ENGINE_UNREACHABLE',
  'AUDIT_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** Reading what rules hold is no access to anybody's data; changes of them are what is put on record. */
export const readingIsNotAudited = { none: 'rules of the tenant, not data; every change of them is audited' };
