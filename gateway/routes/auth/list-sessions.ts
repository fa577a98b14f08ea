import * as calls from '#domain/person/calls.ts';
import { sessionList, sessionQuery } from '#domain/person/session.schema.ts';
import { ensureOne } from '#stores/person/subjects.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { sessionCookieName } from '../../identity/session/session-cookie.ts';
import { admitToPerson } from './admit-to-person.ts';
import { sessionViewOf } from './session-view.ts';

/** Browser sessions of the caller or, with `user_id`, of a person whom they manage. */
export function listSessions({ sessions, people, subjects, recordEvent }: IdentityParts) {
  return defineRoute({
    ...calls.listSessions,
    summary: 'Browser sessions of a person, newest first',
    auth: 'sessions.manage',
    audit: 'session.read',
    request: { query: sessionQuery },
    response: { 200: sessionList },
    errors: ['NOT_FOUND', 'HIGHER_ROLE', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, query, cookies }) {
      const userId = query.user_id ?? actor.userId;
      if (userId !== actor.userId) {
        await admitToPerson(people, actor, userId);
        const { subject } = await ensureOne(subjects, actor.tenantId, userId);
        await recordEvent(actor, {
          event: 'session.read',
          detail: `sessions of ${subject}`,
          outcome: 'success',
        });
      }
      const [found, current] = await Promise.all([
        sessions.ofPerson(actor.tenantId, userId),
        sessions.idOf(cookies[sessionCookieName] ?? ''),
      ]);
      return { status: 200, body: { sessions: found.map((session) => sessionViewOf(session, current)) } };
    },
  });
}
