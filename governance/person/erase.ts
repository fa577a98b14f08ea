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

/**
 * Rows first, the key of the person's audit entries last: until then the entries say what was erased and why. That the key
 * goes is on record just before it does. Whoever dies in between leaves a key that is gone and a word that excuses it for a
 * day, within which the erasure is gone on with.
 */
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
    // It may be gone already, if an earlier try died before it could say so; a hold that came since keeps nothing.
    const isGone = subject !== null && !(await subjects.userIds(tenantId, [subject])).has(subject);
    if (subject !== null && !isGone && heldNow.length === 0) {
      await recordErasure(recordEvent, admin, known, { outcome: 'intended', key: 'destroyed' });
      await subjects.erase(tenantId, subject);
    }
    const isDestroyed = isGone || heldNow.length === 0;
    const result: ErasureResult = {
      rows: { ...second, sessions: first.sessions + second.sessions },
      auditEntries: isDestroyed ? entries.sealed : 0,
      auditEntriesInClear: entries.inClear,
      holds: heldNow.map(({ id }) => id),
    };
    await recordErasure(recordEvent, admin, known, {
      outcome: 'success',
      key: isDestroyed ? 'destroyed' : 'kept',
    });
    await erasures.finish(tenantId, erasure.id, result);
    return { state: 'done', result };
  };
}

/**
 * The entry names the person by subject alone: it outlives them. What the words about the key mean is in
 * transparency/erasure-word.ts. That it is about to go is said anew by each try, so that the day counts from the newest.
 */
function recordErasure(
  recordEvent: RecordEvent,
  admin: Actor,
  { id, subject }: Erasure,
  {
    outcome,
    ...key
  }: { outcome: 'intended'; key?: 'destroyed' } | { outcome: 'success'; key: 'destroyed' | 'kept' },
): Promise<void> {
  return recordEvent(admin, {
    event: 'user_data.erased',
    detail: `the person ${subject ?? 'that the audit log does not know'}`,
    outcome,
    metadata: { erasure_id: id, subject, ...key },
    ...(outcome === 'intended' && key.key !== undefined ? {} : { dedupeKey: `${id}#${outcome}` }),
  });
}
