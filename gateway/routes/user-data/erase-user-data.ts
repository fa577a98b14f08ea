import { z } from 'zod';
import * as calls from '#domain/person/calls.ts';
import { withReason } from '#domain/person/legal-hold.schema.ts';
import { erasureView as erasureViewSchema } from '#domain/person/user-data.schema.ts';
import { ensureOne } from '#stores/person/subjects.ts';
import { defineRoute } from '../../http/route.ts';
import { reasonContent } from '../../temporal/cast-vote.ts';
import { erasureView } from './erasure-view.ts';
import type { UserDataParts } from './parts.ts';

type EraseDependencies = Pick<
  UserDataParts,
  'content' | 'erasures' | 'legalHolds' | 'subjects' | 'startErasure'
>;

/**
 * Records what is asked for in a row, and starts the workflow that carries it out; asked again, continues with the same
 * one.
 */
export function eraseUserData(parts: EraseDependencies) {
  const { content, erasures, legalHolds, subjects, startErasure } = parts;
  return defineRoute({
    ...calls.eraseUserData,
    summary: 'Erase a person: contents, names, sessions, and what the audit log says of them',
    auth: 'user_data.manage',
    audit: 'user_data.erased',
    request: { params: z.strictObject({ user_id: z.string().min(1).max(255) }), body: withReason },
    response: { 200: erasureViewSchema, 202: erasureViewSchema },
    errors: ['INVALID_TEXT', 'AUDIT_WRITE_FAILED', 'TEMPORAL_UNAVAILABLE', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params, body }) {
      const { tenantId } = actor;
      const userId = params.user_id;
      const admin = await ensureOne(subjects, tenantId, actor.userId);
      const begun = await erasures.begin(tenantId, {
        userId,
        subject: (await subjects.find(tenantId, userId)) ?? null,
        requestedBy: admin.subject,
        reasonRef: await content.save(reasonContent(actor, body.reason, 'internal')),
      });
      await startErasure(actor, begun.id);
      const [erasure = begun, holds, openRequests] = await Promise.all([
        erasures.find(tenantId, begun.id),
        legalHolds.list(tenantId),
        erasures.openRequests(tenantId, userId),
      ]);
      const view = erasureView({ tenantId, userId, erasure, holds, openRequests });
      return view.state === 'done' ? { status: 200, body: view } : { status: 202, body: view };
    },
  });
}
