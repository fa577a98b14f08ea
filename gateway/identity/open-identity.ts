import { createConfirmRights } from '#governance/person/confirm-rights.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Cache } from '#platform/cache/cache.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { createLogoutTokenVerifier } from '#platform/oidc/logout-token.ts';
import { type OidcSettings, openOidc } from '#platform/oidc/open-oidc.ts';
import type { OnUnsoundKey } from '#platform/oidc/sound-keys.ts';
import type { Stores } from '#stores/open-stores.ts';
import { createAuthenticate } from './authenticate.ts';
import { createCheckToken } from './check-token.ts';
import { createRefuseEnded } from './ended-sign-ins.ts';
import type { IdentityParts } from './identity-parts.ts';
import { createNoteSeen } from './last-seen.ts';
import { createLoginCookie } from './login-cookie.ts';
import { createRecordRefusal } from './record-refusal.ts';
import { createBrowserSessions } from './session/browser-sessions.ts';
import { createSessionCache } from './session/session-cache.ts';
import { createSignInTickets } from './session/sign-in-tickets.ts';
import { createSignOut } from './session/sign-out.ts';
import { createSignIn } from './sign-in.ts';

export interface IdentitySettings extends OidcSettings {
  /** OIDC_SCOPES. */
  scopes: string;
  /** OIDC_REDIRECT_URI; default `<PUBLIC_URL>/auth/callback`. */
  redirectUri?: string | undefined;
  /** PUBLIC_URL. */
  publicUrl: string;
  /** RIGHTS_RECHECK_MS. */
  recheckMs: number;
  /** SESSION_IDLE_MS and SESSION_MAX_MS. */
  sessionIdleMs: number;
  sessionMaxMs: number;
  stores: Pick<Stores, 'tenants' | 'people' | 'subjects' | 'sessions' | 'grants'>;
  cache: Pick<Cache, 'get' | 'set' | 'delete'>;
  envelope: Envelope;
  recordEvent: RecordEvent;
  /** A key of the identity provider is left out, since it proves nothing. */
  onUnsoundKey?: OnUnsoundKey | undefined;
  /** Milliseconds since the epoch. */
  nowMs?: () => number;
}

/** Everything that finds out who calls, put together once per gateway. The provider is not asked anything yet. */
export function openIdentity(settings: IdentitySettings): IdentityParts {
  const { issuer, audience, clientId, cliClientId, scopes, stores, envelope, recordEvent, recheckMs } =
    settings;
  const { people, grants, tenants } = stores;
  const nowMs = settings.nowMs ?? Date.now;
  const publicUrl = new URL(settings.publicUrl);
  const secure = publicUrl.protocol === 'https:';
  const { provider, keys, identify, identifyViewer, ask } = openOidc({
    ...settings,
    tenants,
    onForbidden: createRecordRefusal(recordEvent),
  });
  const redirectUri = settings.redirectUri ?? new URL('/auth/callback', publicUrl).href;
  const signIn = createSignIn({ provider, identify, issuer, redirectUri, scopes });
  const now = () => new Date(nowMs());
  const confirm = createConfirmRights({ people, grants, ask, recordEvent, now, recheckMs });
  const sessionCache = createSessionCache({ cache: settings.cache, envelope, nowMs });
  const sessions = createBrowserSessions({
    store: stores.sessions,
    cache: sessionCache,
    grants,
    confirm,
    idleMs: settings.sessionIdleMs,
    absoluteMs: settings.sessionMaxMs,
    recheckMs,
    nowMs,
  });
  const refuseEnded = createRefuseEnded({ sessions: stores.sessions, everyMs: recheckMs });
  const noteSeen = createNoteSeen({ people, everyMs: recheckMs });
  const checkToken = createCheckToken({ ask, people, grants, recordEvent, recheckMs, nowMs });
  const forgetRights: IdentityParts['forgetRights'] = (person) => {
    sessionCache.distrust(person);
    for (const remembered of [noteSeen, checkToken, refuseEnded]) {
      if (person === undefined) remembered.forgetAll();
      else remembered.forget(person);
    }
  };
  const cookieSeconds = Math.ceil(settings.sessionIdleMs / 1_000);
  const parts = { refuseEnded, checkToken, sessions, noteSeen, publicUrl, cookieSeconds };
  return {
    authenticate: createAuthenticate({ ...parts, identify }),
    authenticateViewer: createAuthenticate({ ...parts, identify: identifyViewer }),
    signIn,
    sessions,
    tickets: createSignInTickets({ store: stores.sessions, nowMs }),
    loginCookie: createLoginCookie({ envelope, secure, nowMs }),
    noteSeen,
    forgetRights,
    confirm,
    people,
    grants,
    subjects: stores.subjects,
    signOut: createSignOut({
      people,
      grants,
      sessions,
      directory: stores.sessions,
      tenants,
      recordEvent,
      forget: forgetRights,
      nowMs,
    }),
    verifyLogoutToken: createLogoutTokenVerifier({
      issuer,
      clientIds: [clientId, cliClientId],
      keys,
      tenantClaim: settings.claims.tenant,
      nowMs,
    }),
    takeLogoutToken: stores.sessions.takeLogoutToken,
    logoutTokenTaken: stores.sessions.logoutTokenTaken,
    cookieSeconds,
    recordEvent,
    publicUrl,
    device: { issuer, cliClientId, audience, scopes },
    nowMs,
  };
}
