import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { isId } from '#domain/ids.ts';
import * as calls from '#domain/person/calls.ts';
import { legalHold, withReason } from '#domain/person/legal-hold.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { LegalHoldParts } from './parts.ts';
import { readHolds } from './read-holds.ts';

/** Releases a hold: it is never removed, its release is written beside it. */
export function deleteLegalHold(parts: Pick<LegalHoldParts, 'legalHolds' | 'subjects' | 'holds'>) {
  return defineRoute({
    ...calls.deleteLegalHold,
    summary:
      'End a legal hold; what it held back is erased or dropped only when that is asked for or due again',
    auth: 'user_data.manage',
    audit: 'legal_hold.released',
    request: { params: z.strictObject({ id: z.string().max(64) }), body: withReason },
    response: { 200: legalHold },
    errors: ['NOT_FOUND', 'HOLD_RELEASED', 'INVALID_TEXT', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, body }) {
      const known = async () =>
        (await readHolds(parts, actor.tenantId)).find((hold) => hold.id === params.id);
      if (!isId('hold', params.id) || (await known()) === undefined) throw new CodedError('NOT_FOUND');
      if (!(await parts.holds.release(actor, params.id, body.reason))) {
        throw new CodedError('HOLD_RELEASED');
      }
      const released = await known();
      if (released === undefined) throw new CodedError('NOT_FOUND');
      return { status: 200, body: released };
    },
  });
}
