import type { DataTouched } from '#domain/audit/audit.ts';
import { type Classification, raisedTo } from '#domain/classification/classification.ts';
import type { ErrorCode } from '#domain/error.ts';

/** What a route throws that reads the system's own data for a person, beside what is its own. */
export const governedReadErrors = [
  'POLICY_DENIED',
  'POLICY_APPROVAL_REQUIRED',
  'POLICY_ENGINE_UNREACHABLE',
  'AUDIT_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** What audit says of an item of ours that somebody read: an approval, an audit entry. */
export function ownDataRead(itemId: string, holds: Classification = 'internal'): DataTouched {
  return { source: 'openclaw', itemId, classification: raisedTo('internal', holds), purpose: 'read' };
}
