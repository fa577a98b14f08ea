import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { CodedError } from '#domain/error.ts';
import { actorFromClaims, type ClaimsMap, type Identity } from './actor-from-claims.ts';
import type { WhileThere } from './cool-down.ts';
import type { Provider } from './discover.ts';
import type { Identify } from './identify.ts';
import { endsAccessToken, endsRefreshToken, oddAnswer, troubleOf } from './meaning.ts';

/** Which endpoint of the provider tells what the person of an access token may do now. */
export type RightsCheck = 'userinfo' | 'introspection' | 'off';

export interface RefreshedTokens {
  accessToken: string;
  /** The refresh token to use next. */
  refreshToken: string;
  idToken: string | null;
}

/**
 * Asks the identity provider what is true now. What is no answer about the person throws
 * `IDENTITY_PROVIDER_UNAVAILABLE` (platform/oidc/meaning.ts).
 */
export interface AskProvider {
  /**
   * Exchanges a person's refresh token for new tokens; those that name somebody else are no answer. Throws
   * `token_exchange_failed` when the provider has ended it.
   */
  refresh(refreshToken: string, userId: string): Promise<RefreshedTokens>;
  /**
   * The person of a refreshed access token, which has to be this one. Throws `forbidden` or `TENANT_UNKNOWN` when it
   * states no rights.
   */
  personIn(accessToken: string, userId: string): Promise<Identity>;
  /**
   * The current rights of a verified token's person; `undefined` when the provider has no endpoint for it. Throws
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
  const { provider, identify, whileThere, claimsMap } = options;
  const asked = <Result>(
    work: (configuration: oidc.Configuration) => Promise<Result>,
    refusalOf: (error: unknown) => CodedError | undefined,
  ) =>
    whileThere(async () => {
      const configuration = await provider.configuration();
      return work(configuration).catch((error: unknown) => {
        throw refusalOf(error) ?? troubleOf(error);
      });
    });

  return {
    refresh: (refreshToken, userId) =>
      asked(
        async (configuration) => {
          const tokens = await oidc.refreshTokenGrant(configuration, refreshToken);
          const named = [tokens.claims()?.sub, claimsIn(tokens.access_token)?.['sub']];
          if (named.some((sub) => sub !== undefined && sub !== userId)) throw oddAnswer('another person');
          return {
            accessToken: tokens.access_token,
            refreshToken: tokens.refresh_token ?? refreshToken,
            idToken: tokens.id_token ?? null,
          };
        },
        (error) =>
          endsRefreshToken(error) ? new CodedError('token_exchange_failed', { cause: error }) : undefined,
      ),
    async personIn(accessToken, userId) {
      const claims = claimsIn(accessToken);
      if (claims?.sub !== userId || !isWellFormed(claims, claimsMap)) throw oddAnswer('another person');
      try {
        return (await identify(accessToken)).identity;
      } catch (error) {
        throw error instanceof CodedError && error.code === 'invalid_token' ? oddAnswer(error) : error;
      }
    },
    async rightsOf(accessToken) {
      const told = await asked(
        (configuration) => tell(configuration, accessToken, options.rightsCheck),
        (error) => (endsAccessToken(error) || error instanceof Inactive ? withdrawn(error) : undefined),
      );
      if (told === undefined) return undefined;
      // Only the person and the times are taken from the token itself: what it says about rights may be old.
      const { sub = '', iat = 0, exp = 0, auth_time: authTime } = decodeJwt(accessToken);
      if (told['sub'] !== sub || !isWellFormed(told, claimsMap)) throw oddAnswer('another person');
      const times = { sub, iat, exp, ...(authTime === undefined ? {} : { auth_time: authTime }) };
      return actorFromClaims({ ...told, ...times }, claimsMap);
    },
  };
}

/** The answer of an introspection that the token is over (RFC 7662 §2.2). */
class Inactive extends Error {}

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
    if (!active) throw new Inactive();
    return claims;
  }
  return undefined;
}

/** Of a token that may be anything; `undefined` for what is no JWT. */
function claimsIn(accessToken: string): Record<string, unknown> | undefined {
  try {
    return decodeJwt(accessToken);
  } catch {
    return undefined;
  }
}

/** Are the claims that give rights what they should be, where they are there? A missing one gives none. */
function isWellFormed(claims: Record<string, unknown>, { tenant, orgUnit, groups }: ClaimsMap): boolean {
  const isText = (claim: unknown) => claim === undefined || claim === null || typeof claim === 'string';
  const group = claims[groups];
  return (
    isText(claims[tenant]) &&
    isText(claims[orgUnit]) &&
    (isText(group) || (Array.isArray(group) && group.every((one) => typeof one === 'string')))
  );
}

function withdrawn(cause: unknown): CodedError {
  return new CodedError('invalid_token', { detail: { reason: 'withdrawn' }, cause });
}
