import type { Role } from './role.ts';

/** The person who asks, with rights as the identity provider last stated them. Only ids: no name, no address. */
export interface Actor {
  tenantId: string;
  /** The `sub` claim. */
  userId: string;
  role: Role;
  /** Slash path, for example `engineering/web`. */
  orgUnit: string;
}

/** The actor of the installation's own work, which is no person: it has a name on record and no rights. */
export function systemActor(tenantId: string, name = 'openclaw'): Actor {
  return { tenantId, userId: name, role: 'user', orgUnit: '' };
}
