import * as oidc from 'openid-client';
import { CodedError } from '#domain/error.ts';
import { fetchSound } from './fetch-sound.ts';
import { createLastKnown } from './last-known.ts';
import { isSecureUrl } from './secure-url.ts';

export interface ProviderOptions {
  /** OIDC_ISSUER, exactly as tokens name it. */
  issuer: string;
  /** Client of the browser's code flow. */
  clientId: string;
  /** Absent for a public client. */
  clientSecret?: string | undefined;
  /** Limit of one call to the provider; default 5 000. */
  timeoutMs?: number;
  /** Milliseconds since the epoch. */
  nowMs?: () => number;
}

export interface Provider {
  /** The provider's metadata with those of our client; throws `IDENTITY_PROVIDER_UNAVAILABLE`. */
  configuration(): Promise<oidc.Configuration>;
  /** The address of its signing keys; throws `IDENTITY_PROVIDER_UNAVAILABLE`. */
  jwksUri(): Promise<URL>;
}

/** The clocks of provider and gateway may differ by this much (spec/enterprise.md §1.14). */
export const clockSkewSeconds = 30;

const hour = 3_600_000;

/** The identity provider, discovered at first use, so that it may be away while the gateway starts. */
export function createProvider(options: ProviderOptions): Provider {
  const issuer = new URL(options.issuer);
  if (!isSecureUrl(issuer)) throw new RangeError('OIDC_ISSUER must be https, or http on this machine');
  const metadata = createLastKnown({
    load: () => discover(issuer, options),
    maxAgeMs: hour,
    // Addresses of a provider hardly ever change, and none of this is a secret or a right.
    staleMs: 7 * 24 * hour,
    coolDownMs: 30_000,
    firstCoolDownMs: 2_000,
    patienceMs: 1_000,
    ...(options.nowMs ? { nowMs: options.nowMs } : {}),
  });
  return {
    configuration: () => metadata.get(),
    async jwksUri() {
      const address = (await metadata.get()).serverMetadata().jwks_uri;
      if (address === undefined)
        throw new CodedError('IDENTITY_PROVIDER_UNAVAILABLE', { cause: 'no jwks_uri' });
      return new URL(address);
    },
  };
}

async function discover(issuer: URL, options: ProviderOptions): Promise<oidc.Configuration> {
  const clientAuth = options.clientSecret ? oidc.ClientSecretBasic(options.clientSecret) : oidc.None();
  try {
    return await oidc.discovery(
      issuer,
      options.clientId,
      { [oidc.clockTolerance]: clockSkewSeconds },
      clientAuth,
      {
        timeout: (options.timeoutMs ?? 5_000) / 1_000,
        [oidc.customFetch]: fetchSound,
        // Verify the signature of an identity token even though it came over our own connection.
        execute: [
          oidc.enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
        ],
      },
    );
  } catch (cause) {
    throw new CodedError('IDENTITY_PROVIDER_UNAVAILABLE', { cause });
  }
}
