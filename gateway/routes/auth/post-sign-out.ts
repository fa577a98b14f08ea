import { CodedError } from '#domain/error.ts';
import * as calls from '#domain/person/calls.ts';
import { signedOutPerson, signOutPerson } from '#domain/person/session.schema.ts';
import { ensureOne } from '#stores/person/subjects.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { admitToPerson } from './admit-to-person.ts';

/**
 * Ends a person at once, whatever the identity provider says just now: their sessions, earlier tokens, last-seen rights
 * and with these their votes, until they sign in again. The caller's own, or those of a person whom they manage.
 */
export function postSignOut({
  people,
  subjects,
  sessions,
  grants,
  forgetRights,
  recordEvent,
}: IdentityParts) {
  return defineRoute({
    ...calls.postSignOut,
    summary: 'Sign a person out everywhere, until they sign in again',
    auth: 'sessions.manage',
    audit: 'session.revoked',
    request: { body: signOutPerson },
    response: { 200: signedOutPerson },
    errors: ['NOT_FOUND', 'HIGHER_ROLE', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, body: { user_id: userId } }) {
      const { tenantId } = actor;
      await admitToPerson(people, actor, userId);
      if ((await people.rights(tenantId, userId)) === undefined) throw new CodedError('NOT_FOUND');
      const { subject } = await ensureOne(subjects, tenantId, userId);
      // Before the record: access must end even if the record can't be written.
      await people.revoke(tenantId, userId);
      const ended = await sessions.endAllOf(tenantId, userId);
      await grants.removeAllOf(tenantId, userId);
      forgetRights({ tenantId, userId });
      await recordEvent(actor, {
        event: 'session.revoked',
        detail: `all sign-ins of ${subject}`,
        outcome: 'success',
        metadata: { sessions: ended },
      });
      return { status: 200, body: { user_id: userId, sessions: ended, ended: true as const } };
    },
  });
}
