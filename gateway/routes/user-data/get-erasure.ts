import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { isId } from '#domain/ids.ts';
import * as calls from '#domain/person/calls.ts';
import { erasureView as erasureViewSchema } from '#domain/person/user-data.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { erasureView } from './erasure-view.ts';
import type { UserDataParts } from './parts.ts';

/** By its own id: once it is done, nothing else leads to it. */
export function getErasure({ erasures, legalHolds }: Pick<UserDataParts, 'erasures' | 'legalHolds'>) {
  return defineRoute({
    ...calls.getErasure,
    summary: 'How far an erasure is, what it erased, and what is held back',
    auth: 'user_data.manage',
    audit: { none: 'counts and reasons of what an admin asked for; the erasure itself is on record' },
    request: { params: z.strictObject({ id: z.string().max(64) }) },
    response: { 200: erasureViewSchema },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params }) {
      const { tenantId } = actor;
      const erasure = isId('erasure', params.id) ? await erasures.find(tenantId, params.id) : undefined;
      if (erasure === undefined) throw new CodedError('NOT_FOUND');
      const userId = erasure.userId ?? `erased:${erasure.subject ?? erasure.id}`;
      const open = erasure.userId === null || erasure.finishedAt !== null ? [] : [erasure.userId];
      const [holds, openRequests] = await Promise.all([
        legalHolds.list(tenantId),
        Promise.all(open.map((person) => erasures.openRequests(tenantId, person))),
      ]);
      const body = erasureView({ tenantId, userId, erasure, holds, openRequests: openRequests.flat() });
      return { status: 200, body };
    },
  });
}
