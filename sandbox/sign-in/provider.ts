import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { type Accounts, claimsOf } from './accounts.ts';
import {
  deviceCodePage,
  deviceConfirmPage,
  deviceDonePage,
  loggedOutPage,
  logoutPage,
  problemPage,
} from './pages.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { SignInStorage } from './storage.ts';

export interface ProviderOptions {
  issuer: string;
  keys: SigningKeys;
  storage: SignInStorage;
  accounts: Accounts;
  webClientSecret: string;
  /** Origins of the gateway; each has an allowed `/auth/callback`. */
  gatewayOrigins: readonly string[];
  accessTokenTtlSeconds: number;
}

/** The resource for which access tokens are issued; its audience is `openclaw`. */
const apiResource = 'urn:openclaw:api';
export const audience = 'openclaw';
export const webClientId = 'openclaw-web';
export const cliClientId = 'openclaw-cli';

const scopes = 'openid profile email offline_access';
const day = 86_400;

/** A certified OpenID provider (`oidc-provider`) with the demo accounts, JWT access tokens and the device flow. */
export function createProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuer, configuration(options));
  provider.proxy = false;
  return provider;
}

function configuration(options: ProviderOptions): Configuration {
  return {
    adapter: options.storage.adapter,
    jwks: options.keys.jwks,
    cookies: { keys: options.keys.cookieKeys },
    clients: [
      {
        client_id: webClientId,
        client_name: 'OpenClaw Enterprise',
        client_secret: options.webClientSecret,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: options.gatewayOrigins.map((origin) => `${origin}/auth/callback`),
        backchannel_logout_uri: `${options.gatewayOrigins[0]}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
        post_logout_redirect_uris: options.gatewayOrigins.flatMap((origin) => [origin, `${origin}/`]),
      },
      {
        client_id: cliClientId,
        client_name: 'The openclaw command line',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    pkce: { required: () => true },
    // The claims of scopes are in the identity token too, so that no second call is needed.
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'tenant', 'groups', 'org_unit'],
      profile: ['name'],
      email: ['email', 'email_verified'],
    },
    findAccount: (_ctx, sub) => {
      const account = options.accounts.bySub(sub);
      return account && { accountId: sub, claims: async () => claimsOf(account) };
    },
    extraTokenClaims: (ctx, token) => {
      const account =
        'accountId' in token && token.accountId ? options.accounts.bySub(token.accountId) : undefined;
      return account && { ...claimsOf(account), ...signInTime(ctx) };
    },
    // Each refresh token works once, and using it again ends the sign-in: the strictest behaviour among providers.
    rotateRefreshToken: true,
    // The library refuses to call this machine, but the gateway is here.
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (!options.gatewayOrigins.includes(url.origin)) return fetch(input, init);
      const { dispatcher: _guard, ...call } = { dispatcher: undefined, ...init };
      return fetch(url, call);
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    loadExistingGrant: grantEverything,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = problemPage(out.error, out.error_description ?? '');
    },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form, _out, error) => {
          ctx.body = deviceCodePage(form, error && 'This code is not known or has expired. Try again.');
        },
        userCodeConfirmSource: (ctx, form, client, _device, code) => {
          ctx.body = deviceConfirmPage(form, client.clientName ?? client.clientId, code);
        },
        successSource: (ctx) => {
          ctx.body = deviceDonePage(ctx.oidc.client?.clientName ?? 'Your terminal');
        },
      },
      backchannelLogout: { enabled: true },
      introspection: { enabled: true, allowedPolicy: ownToken },
      revocation: { enabled: true, allowedPolicy: ownToken },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = logoutPage(form);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = loggedOutPage();
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiResource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openclaw',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: options.accessTokenTtlSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: {
      AccessToken: options.accessTokenTtlSeconds,
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: 14 * day,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 14 * day,
      Session: 14 * day,
    },
  };
}

/** When the person really signed in: renewing a token does not count. */
function signInTime(ctx: KoaContextWithOIDC): { auth_time?: number } {
  const { AuthorizationCode: code, DeviceCode: device, RefreshToken: refresh } = ctx.oidc.entities;
  const at = (code ?? device ?? refresh)?.authTime;
  return at === undefined ? {} : { auth_time: at };
}

function ownToken(_ctx: KoaContextWithOIDC, client: { clientId: string }, token: object): boolean {
  return 'clientId' in token && token.clientId === client.clientId;
}

/** Both clients are our own, so nobody is asked for consent: signing in grants everything. */
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const known = session.grantIdFor(client.clientId);
  const grant =
    (known ? await provider.Grant.find(known) : undefined) ??
    new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(scopes);
  grant.addOIDCClaims(['sub', 'tenant', 'groups', 'org_unit', 'name', 'email', 'email_verified']);
  grant.addResourceScope(apiResource, 'openclaw');
  await grant.save();
  return grant;
}
