import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import * as calls from '#domain/person/calls.ts';
import { type LegalHoldView, legalHold, newLegalHold } from '#domain/person/legal-hold.schema.ts';
import type { NewHold } from '#stores/person/legal-holds.ts';
import { defineRoute } from '../../http/route.ts';
import type { LegalHoldParts } from './parts.ts';
import { readHolds } from './read-holds.ts';

export function postLegalHold(parts: Pick<LegalHoldParts, 'legalHolds' | 'subjects' | 'holds'>) {
  return defineRoute({
    ...calls.postLegalHold,
    summary: 'Keep data of a person, or of everybody, whatever retention or erasure say',
    auth: 'user_data.manage',
    audit: 'legal_hold.placed',
    request: { body: newLegalHold },
    response: { 201: legalHold },
    errors: ['INVALID_TEXT', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, body }) {
      const hold = {
        userId: body.user_id ?? null,
        from: isoOf(body.from),
        to: isoOf(body.to),
        reason: body.reason,
      };
      // The answer may have been lost: a twin would hold on when this one is released.
      const before = (await readHolds(parts, actor.tenantId)).find((known) => isSame(known, actor, hold));
      if (before !== undefined) return { status: 201, body: before };
      const id = await parts.holds.place(actor, hold);
      const placed = (await readHolds(parts, actor.tenantId)).find((hold) => hold.id === id);
      if (placed === undefined) throw new CodedError('INTERNAL');
      return { status: 201, body: placed };
    },
  });
}

/** Does it still hold, placed by the same person on the same data for the same reason? */
function isSame(known: LegalHoldView, { userId: by }: Actor, hold: Omit<NewHold, 'id'>): boolean {
  const { user_id: userId, from, to, reason } = known;
  return (
    known.released_at === null &&
    known.placed_by === by &&
    userId === hold.userId &&
    from === hold.from &&
    to === hold.to &&
    reason === hold.reason
  );
}

function isoOf(moment: string | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}
