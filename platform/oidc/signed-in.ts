import type { Identified } from './identify.ts';

/** Who signed in, and the tokens that keep it so. */
export interface SignedIn extends Identified {
  accessToken: string;
  refreshToken: string | null;
  /** Hint for signing out at the provider. */
  idToken: string | null;
  /** The provider's own name for the sign-in (`sid`), where it tells one. */
  providerSession: string | null;
}
