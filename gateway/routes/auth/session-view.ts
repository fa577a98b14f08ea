import type { SessionView } from '#domain/person/session.schema.ts';
import type { KnownSession } from '../../identity/session/browser-sessions.ts';

export function sessionViewOf({ stored, claims }: KnownSession, currentId: string | undefined): SessionView {
  return {
    id: stored.id,
    user_id: stored.userId,
    browser: claims.browser,
    created_at: stored.createdAt,
    seen_at: stored.seenAt,
    expires_at: stored.expiresAt,
    is_current: stored.id === currentId,
  };
}
