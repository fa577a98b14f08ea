import type { GroupRole } from '#domain/role.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Cache } from '#platform/cache/cache.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Stores } from '#stores/open-stores.ts';
import { createAuthenticate } from '../../middleware/authenticate/authenticate.ts';
import { createBrowserSessions } from '../../middleware/authenticate/browser-sessions.ts';
import { createNoteSeen } from '../../middleware/authenticate/last-seen.ts';
import { createRecordRefusal } from '../../middleware/authenticate/record-refusal.ts';
import { createSessionCache } from '../../middleware/authenticate/session-cache.ts';
import { createSignInTickets } from '../../middleware/authenticate/sign-in-tickets.ts';
import { createProvider } from '../../oidc/discover.ts';
import { createIdentify } from '../../oidc/identify.ts';
import { createKeySet } from '../../oidc/key-set.ts';
import { createSignIn } from '../../oidc/sign-in.ts';
import { createTokenVerifier } from '../../oidc/verify-token.ts';
import type { AuthDependencies } from './auth-dependencies.ts';
import { createLoginCookie } from './login-cookie.ts';

export interface IdentitySettings {
  /** OIDC_ISSUER. */
  issuer: string;
  /** OIDC_AUDIENCE. */
  audience: string;
  /** OIDC_CLIENT_ID and its secret. */
  clientId: string;
  clientSecret?: string | undefined;
  /** OIDC_CLI_CLIENT_ID. */
  cliClientId: string;
  /** OIDC_SCOPES. */
  scopes: string;
  /** OIDC_REDIRECT_URI; default `<PUBLIC_URL>/auth/callback`. */
  redirectUri?: string | undefined;
  /** OIDC_TENANT_CLAIM, OIDC_ORG_UNIT_CLAIM, OIDC_GROUPS_CLAIM. */
  claims: { tenant: string; orgUnit: string; groups: string };
  /** OIDC_GROUP_ROLES. */
  groupRoles: readonly GroupRole[];
  /** PUBLIC_URL. */
  publicUrl: string;
  stores: Pick<Stores, 'tenants' | 'people' | 'sessions'>;
  cache: Pick<Cache, 'get' | 'set' | 'delete'>;
  envelope: Envelope;
  recordEvent: RecordEvent;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** Everything that knows who calls, put together once per gateway. Nothing is asked of the provider yet. */
export function openIdentity(settings: IdentitySettings): AuthDependencies {
  const { issuer, audience, clientId, cliClientId, scopes, stores, envelope, recordEvent } = settings;
  const now = settings.now ?? Date.now;
  const publicUrl = new URL(settings.publicUrl);
  const provider = createProvider({ issuer, clientId, clientSecret: settings.clientSecret, now });
  const keys = createKeySet({ jwksUri: () => provider.jwksUri(), now });
  const identify = createIdentify({
    verifyToken: createTokenVerifier({ issuer, audience, keys, clientIds: [clientId, cliClientId], now }),
    claimMap: { ...settings.claims, groupRoles: settings.groupRoles },
    tenants: stores.tenants,
    onForbidden: createRecordRefusal(recordEvent),
  });
  const redirectUri = settings.redirectUri ?? new URL('/auth/callback', publicUrl).href;
  const signIn = createSignIn({ provider, identify, issuer, redirectUri, scopes });
  const sessions = createBrowserSessions({
    store: stores.sessions,
    cache: createSessionCache({ cache: settings.cache, envelope, now }),
    renew: (refreshToken) => signIn.renew(refreshToken),
    now,
  });
  const noteSeen = createNoteSeen({ people: stores.people });
  return {
    authenticate: createAuthenticate({ identify, sessions, noteSeen, publicUrl }),
    signIn,
    sessions,
    tickets: createSignInTickets({ store: stores.sessions, now }),
    loginCookie: createLoginCookie({ envelope, secure: publicUrl.protocol === 'https:', now }),
    noteSeen,
    recordEvent,
    publicUrl,
    device: { issuer, cliClientId, audience, scopes },
    now,
  };
}
