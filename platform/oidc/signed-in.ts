import type { Identified } from './identify.ts';

/** A person who signed in, with the tokens that keep them signed in. */
export interface SignedIn extends Identified {
  accessToken: string;
  refreshToken: string | null;
  /** A hint for signing out at the provider. */
  idToken: string | null;
  /** Was the refresh token given for asking while the person is away (`offline_access`)? */
  offline: boolean;
}
