import type { Credentials, CredentialsStore } from './credentials.ts';
import { Failure, signedOutFailure } from './failure.ts';
import { openProvider } from './provider.ts';
import type { WebFetch } from './web-fetch.ts';

/** A token is renewed so many milliseconds before it expires. */
const renewBeforeMs = 60_000;

interface TokenSourceOptions {
  gatewayUrl: string;
  credentials: CredentialsStore;
  /** `OPENCLAW_TOKEN`, which is used as it is and never renewed. */
  fixed: string | undefined;
  fetch: WebFetch;
}

export interface TokenSource {
  /** The token for a call; throws `not_signed_in`. */
  current(): Promise<string>;
  /** A new token after the gateway refused this one; `undefined` when there is no way to get one. */
  after(refused: string): Promise<string | undefined>;
}

export function createTokenSource({
  gatewayUrl,
  credentials,
  fixed,
  fetch,
}: TokenSourceOptions): TokenSource {
  if (fixed) return { current: async () => fixed, after: async () => undefined };

  /** Renews once for all processes: whichever comes second finds the token of the first. */
  async function renewed(spent: Credentials): Promise<Credentials> {
    return credentials.locked(async () => {
      const kept = await credentials.read(gatewayUrl);
      if (!kept) throw signedOutFailure('You are signed out.');
      if (kept.accessToken !== spent.accessToken) return kept;
      if (kept.refreshToken === null) throw signedOutFailure('Your sign-in has expired.');
      const provider = await openProvider({ ...kept, fetch });
      const fresh = await provider.refresh(kept.refreshToken);
      await credentials.save(gatewayUrl, fresh);
      return fresh;
    });
  }

  return {
    async current() {
      const kept = await credentials.read(gatewayUrl);
      if (!kept) throw signedOutFailure(`You are not signed in at ${gatewayUrl}.`);
      const fresh = kept.expiresAt === null || kept.expiresAt - Date.now() > renewBeforeMs;
      return fresh ? kept.accessToken : (await renewed(kept)).accessToken;
    },
    async after(refused) {
      const kept = await credentials.read(gatewayUrl);
      if (!kept) return undefined;
      if (kept.accessToken !== refused) return kept.accessToken;
      try {
        return (await renewed(kept)).accessToken;
      } catch (error) {
        // The gateway's own refusal says more than "could not be renewed".
        if (error instanceof Failure && error.exit === 'signedOut') return undefined;
        throw error;
      }
    },
  };
}
