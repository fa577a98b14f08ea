import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/person/calls.ts';
import { legalHold, newLegalHold } from '#domain/person/legal-hold.schema.ts';
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
      const id = await parts.holds.place(actor, {
        userId: body.user_id ?? null,
        from: isoOf(body.from),
        to: isoOf(body.to),
        reason: body.reason,
      });
      const placed = (await readHolds(parts, actor.tenantId)).find((hold) => hold.id === id);
      if (placed === undefined) throw new CodedError('INTERNAL');
      return { status: 201, body: placed };
    },
  });
}

function isoOf(moment: string | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}
