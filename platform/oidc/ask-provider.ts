import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { CodedError } from '#domain/error.ts';
import { actorFromClaims, type ClaimMap, type Identity } from './actor-from-claims.ts';
import type { WhileThere } from './cool-down.ts';
import type { Provider } from './discover.ts';
import type { Identify } from './identify.ts';
import { codedFromProvider } from './provider-error.ts';

/** Where a provider tells what an access token's person may do now. */
export type RightsCheck = 'userinfo' | 'introspection' | 'off';

export interface RefreshedTokens {
  accessToken: string;
  /** What to refresh with next. */
  refreshToken: string;
  idToken: string | null;
  /** `sub` of a new identity token, where one came along. */
  subject: string | null;
}

/** Asks the identity provider what holds now. Throws `IDENTITY_PROVIDER_UNAVAILABLE` while it is away. */
export interface AskProvider {
  /** `token_exchange_failed` or `invalid_token`: it has withdrawn what it gave. */
  refresh(refreshToken: string): Promise<RefreshedTokens>;
  /** The person of a refreshed token; throws what `Identify` throws. */
  identify: Identify;
  /**
   * The rights of a verified token's person at this moment; `undefined` when the provider can't be asked.
   * `invalid_token`: it takes the token no more. `forbidden`, `TENANT_UNKNOWN`: it gives no rights.
   */
  rightsOf(accessToken: string): Promise<Identity | undefined>;
}

interface AskProviderOptions {
  provider: Provider;
  identify: Identify;
  claimMap: ClaimMap;
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
          subject: tokens.claims()?.sub ?? null,
        };
      }),
    async rightsOf(accessToken) {
      const told = await asked((configuration) =>
        tell(configuration, accessToken, options.rightsCheck),
      ).catch((error: unknown) => {
        throw isRefusal(error) ? withdrawn(error) : error;
      });
      if (told === undefined) return undefined;
      // Of the token's own claims only who it is for and its times: what it says about rights may be old.
      const { sub = '', iat = 0, exp = 0, auth_time: authTime } = decodeJwt(accessToken);
      if (told['sub'] !== sub) throw withdrawn(undefined);
      const { claimMap } = options;
      const times = { sub, iat, exp, ...(authTime === undefined ? {} : { auth_time: authTime }) };
      return actorFromClaims({ ...told, ...times }, claimMap);
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

/** The provider answered, and not with rights. */
function isRefusal(error: unknown): boolean {
  return error instanceof CodedError && error.code !== 'IDENTITY_PROVIDER_UNAVAILABLE';
}

function withdrawn(cause: unknown): CodedError {
  return new CodedError('invalid_token', { detail: { reason: 'withdrawn' }, cause });
}
