import type { Actor } from '#domain/person/actor.ts';

/** Whom an entry names when a signature doesn't hold, so that nobody is named who didn't act. */
export function nobody(tenantId: string): Actor {
  return { tenantId, userId: 'unknown', role: 'user', orgUnit: '' };
}
