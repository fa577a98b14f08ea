import type { ErasureView } from '#domain/person/user-data.schema.ts';
import type { Erasure } from '#stores/person/erasures.ts';
import type { LegalHold } from '#stores/person/legal-holds.ts';

interface SeenErasure {
  tenantId: string;
  userId: string;
  erasure: Erasure;
  holds: readonly LegalHold[];
  openRequests: readonly string[];
}

const oldForm =
  'Entries from before personal fields were sealed hold the user id in what their hash is made of.';

/** What was erased, what is kept by a legal hold, and why. */
export function erasureView({ tenantId, userId, erasure, holds, openRequests }: SeenErasure): ErasureView {
  const { id, subject, createdAt, finishedAt, result } = erasure;
  const view = {
    id,
    tenant_id: tenantId,
    user_id: userId,
    subject,
    requested_at: createdAt,
    erased_at: finishedAt,
    open_requests: [...openRequests],
  };
  if (result === null) return { ...view, state: 'waiting', erased: null, held_back: [] };
  const { rows, auditEntries, auditEntriesInClear } = result;
  const { held, ...erased } = rows;
  const byHold = result.holds.map((holdId) => ({
    what: 'contents and audit entries',
    count: held,
    why: holds.find((hold) => hold.id === holdId)?.reason ?? 'legal hold',
    hold_id: holdId,
  }));
  const inClear = { what: 'audit entries', count: auditEntriesInClear, why: oldForm, hold_id: null };
  return {
    ...view,
    state: 'done',
    erased: { ...erased, audit_entries: auditEntries },
    held_back: [...byHold, ...(auditEntriesInClear === 0 ? [] : [inClear])],
  };
}
