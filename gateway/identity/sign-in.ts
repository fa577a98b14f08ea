import * as oidc from 'openid-client';
import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import type { Provider } from '#platform/oidc/discover.ts';
import { checkIdToken } from '#platform/oidc/id-token.ts';
import type { Identify } from '#platform/oidc/identify.ts';
import { codedFromProvider } from '#platform/oidc/provider-error.ts';
import type { SignedIn } from '#platform/oidc/signed-in.ts';

interface SignInOptions {
  provider: Provider;
  identify: Identify;
  /** OIDC_ISSUER. */
  issuer: string;
  /** OIDC_REDIRECT_URI. */
  redirectUri: string;
  /** OIDC_SCOPES, separated by spaces. */
  scopes: string;
}

/** What the browser stores, sealed, from the start of a sign-in to its end. */
export const pendingSignIn = z.strictObject({
  state: z.string().min(1),
  nonce: z.string().min(1),
  verifier: z.string().min(1),
  returnTo: z.string().startsWith('/'),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
});

export type PendingSignIn = z.infer<typeof pendingSignIn>;

/** The browser's code flow with PKCE, state and nonce. */
export interface SignIn {
  begin(returnTo: string, at: Date): Promise<{ url: URL; pending: PendingSignIn }>;
  /**
   * Turns the parameters of the callback into a person with rights. Throws `missing_code`, `INVALID_REQUEST` (another
   * browser's answer), `token_exchange_failed`, `no_id_token`, `invalid_token`, and what `Identify` throws.
   */
  finish(answer: URLSearchParams, pending: PendingSignIn): Promise<SignedIn>;
  /** The provider's page that signs the person out there too; `null` when it has none or can't be asked. */
  endSessionUrl(idToken: string | null, backTo: string): Promise<string | null>;
}

export function createSignIn({ provider, identify, issuer, redirectUri, scopes }: SignInOptions): SignIn {
  const signedIn = async (tokens: Tokens): Promise<SignedIn> => {
    const { access_token: accessToken, id_token: idToken = null } = tokens;
    const told = tokens.claims();
    if (idToken !== null) checkIdToken(idToken, accessToken, told?.['at_hash']);
    const identified = await identify(accessToken);
    if (told !== undefined && told.sub !== identified.identity.actor.userId) {
      throw new CodedError('invalid_token', { detail: { reason: 'subject' } });
    }
    const sid = told?.['sid'];
    return {
      ...identified,
      accessToken,
      refreshToken: tokens.refresh_token ?? null,
      idToken,
      providerSession: typeof sid === 'string' && sid !== '' ? sid : identified.providerSession,
      // Left out where it is what was asked for (RFC 6749 §5.1).
      offline: (tokens.scope ?? scopes).split(' ').includes('offline_access'),
    };
  };

  return {
    async begin(returnTo, at) {
      const configuration = await provider.configuration();
      const pending: PendingSignIn = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        returnTo,
        startedAt: at.toISOString(),
      };
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: scopes,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return { url, pending };
    },

    async finish(answer, pending) {
      if (answer.get('state') !== pending.state) {
        throw new CodedError('INVALID_REQUEST', { message: 'This sign-in was not started in this browser.' });
      }
      if (!answer.has('error') && !answer.get('code')) throw new CodedError('missing_code');
      const configuration = await provider.configuration();
      const url = new URL(redirectUri);
      url.search = withIssuer(answer, configuration, issuer).toString();
      const tokens = await oidc
        .authorizationCodeGrant(configuration, url, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.verifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw codedFromProvider(error);
        });
      return signedIn(tokens);
    },

    async endSessionUrl(idToken, backTo) {
      try {
        const configuration = await provider.configuration();
        if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
        return oidc.buildEndSessionUrl(configuration, {
          post_logout_redirect_uri: backTo,
          ...(idToken === null ? {} : { id_token_hint: idToken }),
        }).href;
      } catch {
        return null;
      }
    },
  };
}

type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

/** `POST /auth/callback` has only the code; the issuer is known, since there is only one. */
function withIssuer(
  answer: URLSearchParams,
  configuration: oidc.Configuration,
  issuer: string,
): URLSearchParams {
  const complete = new URLSearchParams(answer);
  const told = configuration.serverMetadata().authorization_response_iss_parameter_supported === true;
  if (told && !complete.has('iss')) complete.set('iss', issuer);
  return complete;
}
