import type { Config, ConfigWith } from '#platform/config/parse-config.ts';
import { type OidcSettings, openOidc } from '#platform/oidc/open-oidc.ts';
import type { OnUnsoundKey } from '#platform/oidc/sound-keys.ts';
import type { Stores } from '#stores/open-stores.ts';
import { type ConfirmRights, createConfirmRights } from './person/confirm-rights.ts';
import type { RecordEvent } from './record.ts';

interface OpenConfirmRightsOptions {
  config: ConfigWith<'OIDC_ISSUER'>;
  stores: Pick<Stores, 'people' | 'grants' | 'tenants'>;
  recordEvent: RecordEvent;
  onUnsoundKey: OnUnsoundKey;
  now: () => Date;
}

/** For a process where nobody signs in; `undefined` where no identity provider is configured. */
export function openConfirmRights({
  config,
  stores,
  recordEvent,
  onUnsoundKey,
  now,
}: OpenConfirmRightsOptions): ConfirmRights {
  const { oidcIssuer: issuer } = config;
  const { ask } = openOidc({ ...oidcSettings(config, issuer), tenants: stores.tenants, onUnsoundKey });
  return createConfirmRights({ ...stores, ask, recordEvent, now, recheckMs: config.rightsRecheckMs });
}

/** The part of the configuration that says who the identity provider is and what its claims mean. */
export function oidcSettings(config: Config, issuer: string): OidcSettings {
  return {
    issuer,
    audience: config.oidcAudience,
    clientId: config.oidcClientId,
    clientSecret: config.oidcClientSecret?.reveal(),
    cliClientId: config.oidcCliClientId,
    temporalUiClientId: config.oidcTemporalUiClientId,
    claims: {
      tenant: config.oidcTenantClaim,
      orgUnit: config.oidcOrgUnitClaim,
      groups: config.oidcGroupsClaim,
    },
    groupRoles: config.oidcGroupRoles,
    rightsCheck: config.oidcRightsCheck,
  };
}
