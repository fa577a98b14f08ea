import type { Role } from './role.ts';

/** Who asks, with rights as the identity provider last stated them. Ids only: no name, no address. */
export interface Actor {
  tenantId: string;
  /** The `sub` claim. */
  userId: string;
  role: Role;
  /** Slash path, for example `engineering/web`. */
  orgUnit: string;
}

/** The installation's own work, which is no person's: on record under a name, and without rights. */
export function systemActor(tenantId: string, name = 'openclaw'): Actor {
  return { tenantId, userId: name, role: 'user', orgUnit: '' };
}
