import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { mayReach } from '#domain/person/permission.ts';
import { sessionList } from '#domain/person/session.schema.ts';
import { ensureOne } from '#stores/person/subjects.ts';
import { defineRoute } from '../../http/route.ts';
import { sessionCookieName } from '../../identity/session/session-cookie.ts';
import type { AuthDependencies } from './auth-dependencies.ts';
import { sessionViewOf } from './session-view.ts';

/** Where somebody is signed in with a browser: oneself or, with `user_id`, a person whom one manages. */
export function listSessions({ sessions, people, subjects, recordEvent }: AuthDependencies) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/auth/sessions',
    summary: 'Browser sessions of a person, newest first',
    auth: 'sessions.manage',
    audit: 'session.read',
    request: { query: z.strictObject({ user_id: z.string().min(1).max(255).optional() }) },
    response: { 200: sessionList },
    errors: ['NOT_FOUND', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, query, cookies }) {
      const userId = query.user_id ?? actor.userId;
      if (userId !== actor.userId) {
        const orgUnit = (await people.rights(actor.tenantId, userId))?.orgUnit ?? null;
        if (!mayReach('sessions.manage', actor, { userId, orgUnit })) throw new CodedError('NOT_FOUND');
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
