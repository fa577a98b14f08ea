import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/person/calls.ts';
import { endedSession } from '#domain/person/session.schema.ts';
import { ensureOne } from '#stores/person/subjects.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { admitToPerson } from './admit-to-person.ts';

/** Ends one browser session: the caller's own, or that of a person whom they manage. */
export function deleteSession({ sessions, people, subjects, recordEvent }: IdentityParts) {
  return defineRoute({
    ...calls.deleteSession,
    summary: 'End a browser session',
    auth: 'sessions.manage',
    audit: 'session.revoked',
    request: { params: z.strictObject({ id: z.string().max(64) }) },
    response: { 200: endedSession },
    errors: ['NOT_FOUND', 'HIGHER_ROLE', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params }) {
      const session = await sessions.byId(actor.tenantId, params.id);
      if (session === undefined) throw new CodedError('NOT_FOUND');
      const { userId } = session.stored;
      await admitToPerson(people, actor, userId);
      const { subject } = await ensureOne(subjects, actor.tenantId, userId);
      await recordEvent(actor, {
        event: 'session.revoked',
        detail: `session ${params.id} of ${subject}`,
        outcome: 'success',
        metadata: { session_id: params.id },
      });
      await sessions.revoke(session);
      return { status: 200, body: { id: params.id, user_id: userId, ended: true as const } };
    },
  });
}
