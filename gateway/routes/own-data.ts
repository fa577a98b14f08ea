import type { DataTouched } from '#domain/audit/audit.ts';
import { type Classification, raisedTo } from '#domain/classification/classification.ts';
import type { ErrorCode } from '#domain/error.ts';

/** What a route that reads our own data for a person can throw, besides its own errors. */
export const governedReadErrors = [
  'POLICY_DENIED',
  'POLICY_APPROVAL_REQUIRED',
  'POLICY_ENGINE_UNREACHABLE',
  'AUDIT_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** The data touched when a person reads an item of ours, for audit: an approval, an audit entry. */
export function ownDataRead(itemId: string, contains: Classification = 'internal'): DataTouched {
  return { source: 'openclaw', itemId, classification: raisedTo('internal', contains), purpose: 'read' };
}
