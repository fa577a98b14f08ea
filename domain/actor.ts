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
