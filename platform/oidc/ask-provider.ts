import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { CodedError } from '#domain/error.ts';
import { actorFromClaims, type ClaimsMap, type Identity } from './actor-from-claims.ts';
import type { WhileThere } from './cool-down.ts';
import type { Provider } from './discover.ts';
import type { Identify } from './identify.ts';
import { codedFromProvider } from './provider-error.ts';

/** Which endpoint of the provider tells what the person of an access token may do now. */
export type RightsCheck = 'userinfo' | 'introspection' | 'off';

export interface RefreshedTokens {
  accessToken: string;
  /** The refresh token to use next. */
  refreshToken: string;
  idToken: string | null;
  /** `sub` of a new identity token, if one was returned. */
  sub: string | null;
}

/** Asks the identity provider what is true now. Throws `IDENTITY_PROVIDER_UNAVAILABLE` while it is away. */
export interface AskProvider {
  /**
   * Exchanges a refresh token for new tokens. Throws `token_exchange_failed` or `invalid_token` when the provider has
   * withdrawn it.
   */
  refresh(refreshToken: string): Promise<RefreshedTokens>;
  /** The person of a refreshed token; throws what `Identify` throws. */
  identify: Identify;
  /**
   * The current rights of a verified token's person; `undefined` when the provider can't be asked. Throws
   * `invalid_token` when it no longer accepts the token, `forbidden` or `TENANT_UNKNOWN` when it gives no rights.
   */
  rightsOf(accessToken: string): Promise<Identity | undefined>;
}

interface AskProviderOptions {
  provider: Provider;
  identify: Identify;
  claimsMap: ClaimsMap;
  rightsCheck: RightsCheck;
  whileThere: WhileThere;
}

export function createAskProvider(options: AskProviderOptions): AskProvider {
  const { provider, identify, whileThere } = options;
  const asked = <Result>(work: (configuration: oidc.Configuration) => Promise<Result>) =>
    whileThere(async () => {
      const configuration = await provider.configuration();
      return work(configuration).catch((error: unknown) => {
        throw codedFromProvider(error);
      });
    });

  return {
    identify,
    refresh: (refreshToken) =>
      asked(async (configuration) => {
        const tokens = await oidc.refreshTokenGrant(configuration, refreshToken);
        return {
          accessToken: tokens.access_token,
          refreshToken: tokens.refresh_token ?? refreshToken,
          idToken: tokens.id_token ?? null,
          sub: tokens.claims()?.sub ?? null,
        };
      }),
    async rightsOf(accessToken) {
      const told = await asked((configuration) =>
        tell(configuration, accessToken, options.rightsCheck),
      ).catch((error: unknown) => {
        throw isRefusal(error) ? withdrawn(error) : error;
      });
      if (told === undefined) return undefined;
      // Only the person and the times are taken from the token itself: what it says about rights may be old.
      const { sub = '', iat = 0, exp = 0, auth_time: authTime } = decodeJwt(accessToken);
      if (told['sub'] !== sub) throw withdrawn(undefined);
      const { claimsMap } = options;
      const times = { sub, iat, exp, ...(authTime === undefined ? {} : { auth_time: authTime }) };
      return actorFromClaims({ ...told, ...times }, claimsMap);
    },
  };
}

async function tell(
  configuration: oidc.Configuration,
  accessToken: string,
  rightsCheck: RightsCheck,
): Promise<Record<string, unknown> | undefined> {
  const endpoints = configuration.serverMetadata();
  if (rightsCheck === 'userinfo' && endpoints.userinfo_endpoint !== undefined) {
    return oidc.fetchUserInfo(configuration, accessToken, oidc.skipSubjectCheck);
  }
  if (rightsCheck === 'introspection' && endpoints.introspection_endpoint !== undefined) {
    const { active, ...claims } = await oidc.tokenIntrospection(configuration, accessToken);
    if (!active) throw withdrawn(undefined);
    return claims;
  }
  return undefined;
}

/** Did the provider answer, but give no rights? */
function isRefusal(error: unknown): boolean {
  return error instanceof CodedError && error.code !== 'IDENTITY_PROVIDER_UNAVAILABLE';
}

function withdrawn(cause: unknown): CodedError {
  return new CodedError('invalid_token', { detail: { reason: 'withdrawn' }, cause });
}
