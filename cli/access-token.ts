import type { Credentials, CredentialsStore } from './credentials.ts';
import { Failure, signedOutFailure } from './failure.ts';
import { openProvider } from './provider.ts';
import type { WebFetch } from './web-fetch.ts';

/** Milliseconds before its end at which a token is renewed. */
const renewBeforeMs = 60_000;

interface TokenSourceOptions {
  gatewayUrl: string;
  credentials: CredentialsStore;
  /** `OPENCLAW_TOKEN`: used as it is, never renewed. */
  fixed: string | undefined;
  fetch: WebFetch;
}

export interface TokenSource {
  /** A token to call with; throws `not_signed_in`. */
  current(): Promise<string>;
  /** Another token after the gateway refused this one; `undefined` when there is no way to get one. */
  after(refused: string): Promise<string | undefined>;
}

export function createTokenSource({
  gatewayUrl,
  credentials,
  fixed,
  fetch,
}: TokenSourceOptions): TokenSource {
  if (fixed) return { current: async () => fixed, after: async () => undefined };

  /** Renews once for all processes: whoever comes second finds the first one's token. */
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
