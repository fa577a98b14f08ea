import type { Actor } from './actor.ts';

/** The actor of an entry about a signature that is not valid: naming anybody could blame somebody who did nothing. */
export function nobody(tenantId: string): Actor {
  return { tenantId, userId: 'unknown', role: 'user', orgUnit: '' };
}
