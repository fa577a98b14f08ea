import type { DataTouched } from '#domain/audit.ts';

/** What audit says of an approval that somebody read. */
export function touchedApproval(id: string): DataTouched {
  return { source: 'openclaw', itemId: id, classification: 'internal', purpose: 'read' };
}
