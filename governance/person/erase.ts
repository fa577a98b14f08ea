import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { erasedAlias } from '#domain/person/erased.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Erasure, ErasureResult } from '#stores/person/erasures.ts';
import { activeHolds } from '#stores/person/legal-holds.ts';
import type { RecordEvent } from '../record.ts';

/** `waiting`: requests that the person made or voted on are open, and what those need can't be erased yet. */
export type ErasedPerson =
  | { state: 'done'; result: ErasureResult }
  | { state: 'waiting'; openRequests: readonly string[] };

/** Carries out an erasure that was asked for. Safe to repeat from wherever it stopped. */
export type ErasePerson = (admin: Actor, erasureId: string) => Promise<ErasedPerson>;

interface ErasePersonOptions {
  stores: Pick<Stores, 'erasures' | 'legalHolds' | 'subjects' | 'retention'>;
  recordEvent: RecordEvent;
}

/** Rows first, the key of the person's audit entries last: until then the entries say what was erased and why. */
export function createErasePerson({ stores, recordEvent }: ErasePersonOptions): ErasePerson {
  const { erasures, legalHolds, subjects, retention } = stores;
  return async (admin, erasureId) => {
    const { tenantId } = admin;
    const erasure = await erasures.find(tenantId, erasureId);
    if (erasure === undefined) throw new CodedError('NOT_FOUND');
    if (erasure.result !== null) return { state: 'done', result: erasure.result };
    const { userId } = erasure;
    if (userId === null) throw new CodedError('INTERNAL', { message: 'an open erasure of nobody' });

    const waiting = async () => {
      const openRequests = await erasures.openRequests(tenantId, userId);
      return { state: 'waiting', openRequests } as const;
    };
    const open = await waiting();
    if (open.openRequests.length > 0) return open;
    // A person who was unknown when the erasure was asked for may have got a subject since.
    const subject = erasure.subject ?? (await subjects.find(tenantId, userId)) ?? null;
    if (subject !== null) await erasures.nameSubject(tenantId, erasure.id, subject);
    const known = { ...erasure, subject };
    await recordErasure(recordEvent, admin, known, { outcome: 'intended' });

    const heldFrom = async () => activeHolds(await legalHolds.list(tenantId), subject);
    const holds = await heldFrom();
    const alias = erasedAlias(subject ?? erasure.id);
    // The person may have asked or voted since that look.
    const first = await erasures.eraseRows(tenantId, userId, alias, holds);
    if (first === undefined) return waiting();
    const entries = await retention.entriesOf(tenantId, { subject, userId });
    // Look again before the step that can't be undone: holds may have been placed while rows were erased.
    const heldNow = await heldFrom();
    // Erases what arrived while rows were erased, such as the reason of a vote that was then refused.
    const second = await erasures.eraseRows(tenantId, userId, alias, heldNow);
    if (second === undefined) return waiting();
    if (subject !== null && heldNow.length === 0) await subjects.erase(tenantId, subject);
    const result: ErasureResult = {
      rows: { ...second, sessions: first.sessions + second.sessions },
      auditEntries: heldNow.length === 0 ? entries.sealed : 0,
      auditEntriesInClear: entries.inClear,
      holds: heldNow.map(({ id }) => id),
    };
    const key = heldNow.length === 0 ? 'destroyed' : 'kept';
    await recordErasure(recordEvent, admin, known, { outcome: 'success', key });
    await erasures.finish(tenantId, erasure.id, result);
    return { state: 'done', result };
  };
}

/** The entry names the person by subject alone: it outlives them. */
function recordErasure(
  recordEvent: RecordEvent,
  admin: Actor,
  { id, subject }: Erasure,
  { outcome, ...key }: { outcome: 'intended' } | { outcome: 'success'; key: 'destroyed' | 'kept' },
): Promise<void> {
  return recordEvent(admin, {
    event: 'user_data.erased',
    detail: `the person ${subject ?? 'that the audit log does not know'}`,
    outcome,
    metadata: { erasure_id: id, subject, ...key },
    dedupeKey: `${id}#${outcome}`,
  });
}
