import type { JWTVerifyGetKey } from 'jose';
import type { GroupRole } from '#domain/person/role.ts';
import type { ClaimsMap } from './actor-from-claims.ts';
import { type AskProvider, createAskProvider, type RightsCheck } from './ask-provider.ts';
import { createCautiousClock } from './cautious-clock.ts';
import { createWhileThere } from './cool-down.ts';
import { createProvider, type Provider } from './discover.ts';
import { createIdentify, type Identify, type IdentifyOptions } from './identify.ts';
import { createKeySet } from './key-set.ts';
import type { OnUnsoundKey } from './sound-keys.ts';
import { createTokenVerifier } from './verify-token.ts';

export interface OidcSettings {
  /** OIDC_ISSUER. */
  issuer: string;
  /** OIDC_AUDIENCE. */
  audience: string;
  /** OIDC_CLIENT_ID and its secret. */
  clientId: string;
  clientSecret?: string | undefined;
  /** OIDC_CLI_CLIENT_ID. */
  cliClientId: string;
  /** OIDC_TEMPORAL_UI_CLIENT_ID. */
  temporalUiClientId?: string | undefined;
  /** OIDC_TENANT_CLAIM, OIDC_ORG_UNIT_CLAIM, OIDC_GROUPS_CLAIM. */
  claims: { tenant: string; orgUnit: string; groups: string };
  /** OIDC_GROUP_ROLES. */
  groupRoles: readonly GroupRole[];
  /** OIDC_RIGHTS_CHECK. */
  rightsCheck: RightsCheck;
}

interface OpenOidcOptions extends OidcSettings, Pick<IdentifyOptions, 'tenants' | 'onForbidden'> {
  onUnsoundKey?: OnUnsoundKey | undefined;
  /** Limit of one call to the provider; default 5 000. */
  timeoutMs?: number;
  /** Milliseconds since the epoch; default: the wall clock, guarded against jumps. */
  nowMs?: (() => number) | undefined;
}

/** Everything with which a process talks to the identity provider. Nothing is asked before it is needed. */
export interface Oidc {
  provider: Provider;
  keys: JWTVerifyGetKey;
  /** Accepts tokens of our own clients. */
  identify: Identify;
  /** Accepts tokens of Temporal UI's client, which count nowhere else; where it has none of its own, of ours. */
  identifyViewer: Identify;
  ask: AskProvider;
  claimsMap: ClaimsMap;
}

export function openOidc(options: OpenOidcOptions): Oidc {
  const { issuer, audience, clientId, clientSecret, cliClientId, temporalUiClientId } = options;
  const nowMs = options.nowMs ?? Date.now;
  const claimsMap = { ...options.claims, groupRoles: options.groupRoles };
  const limit = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  const provider = createProvider({ issuer, clientId, clientSecret, nowMs, ...limit });
  const keys = createKeySet({
    jwksUri: () => provider.jwksUri(),
    nowMs,
    onUnsoundKey: options.onUnsoundKey,
    ...limit,
  });
  const time = options.nowMs === undefined ? { clock: createCautiousClock() } : { nowMs: options.nowMs };
  const identifyBy = (clientIds: readonly string[]) =>
    createIdentify({
      verifyToken: createTokenVerifier({ issuer, audience, keys, clientIds, ...time }),
      claimsMap,
      tenants: options.tenants,
      ...(options.onForbidden === undefined ? {} : { onForbidden: options.onForbidden }),
    });
  const identify = identifyBy([clientId, cliClientId]);
  const identifyViewer = temporalUiClientId === undefined ? identify : identifyBy([temporalUiClientId]);
  const { rightsCheck } = options;
  const whileThere = createWhileThere({ nowMs });
  const ask = createAskProvider({ provider, identify, claimsMap, rightsCheck, whileThere });
  return { provider, keys, identify, identifyViewer, ask, claimsMap };
}
