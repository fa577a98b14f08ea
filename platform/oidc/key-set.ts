import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { CodedError } from '#domain/error.ts';
import { parseJson } from '#domain/json/parse-json.ts';
import { createLastKnown } from './last-known.ts';
import { fetchPlainly } from './plain-fetch.ts';
import { isSecureUrl } from './secure-url.ts';
import { type OnUnsoundKey, soundKeys } from './sound-keys.ts';

interface KeySetOptions {
  /** Address of the provider's JWKS, looked up for each fetch. */
  jwksUri(): Promise<URL>;
  /** Default one hour (spec/enterprise.md §1.14). */
  maxAgeMs?: number;
  /** How long known keys are used while the provider is away, in milliseconds; default 24 hours. */
  staleMs?: number;
  /** At most one fetch in this time, however many unknown key ids we are shown; default 30 000. */
  coolDownMs?: number;
  /** Limit of one fetch; default 5 000. */
  timeoutMs?: number;
  /** Milliseconds since the epoch. */
  nowMs?: () => number;
  /** Told once of each key that is left out of the set. */
  onUnsoundKey?: OnUnsoundKey | undefined;
}

/** A provider that makes up new bad keys for ever does not fill the log. */
const mostTold = 1_000;

/**
 * The provider's signing keys, without those that prove nothing. jose's own remote set drops its keys when they are old and
 * the provider is away, and has no cool-down after a failed fetch; both matter here (reliability.md F30).
 */
export function createKeySet(options: KeySetOptions): JWTVerifyGetKey {
  const told = new Set<string>();
  const onUnsound: OnUnsoundKey = (kid, why) => {
    const said = JSON.stringify([kid, why]);
    if (told.has(said) || told.size >= mostTold) return;
    told.add(said);
    options.onUnsoundKey?.(kid, why);
  };
  const keys = createLastKnown({
    load: () => fetchKeys(options, onUnsound),
    maxAgeMs: options.maxAgeMs ?? 3_600_000,
    staleMs: options.staleMs ?? 86_400_000,
    coolDownMs: options.coolDownMs ?? 30_000,
    firstCoolDownMs: Math.min(options.coolDownMs ?? 2_000, 2_000),
    patienceMs: 1_000,
    ...(options.nowMs ? { nowMs: options.nowMs } : {}),
  });
  return async (header, token) => {
    const known = await keys.get();
    try {
      return await known(header, token);
    } catch (error) {
      const rotated = error instanceof errors.JWKSNoMatchingKey && (await keys.renew());
      if (!rotated) throw error;
      return (await keys.get())(header, token);
    }
  };
}

async function fetchKeys(options: KeySetOptions, onUnsound: OnUnsoundKey): Promise<JWTVerifyGetKey> {
  const address = await options.jwksUri();
  if (!isSecureUrl(address)) {
    throw new CodedError('IDENTITY_PROVIDER_UNAVAILABLE', { cause: 'jwks_uri is not https' });
  }
  try {
    const response = await fetchPlainly(address.href, {
      method: 'GET',
      body: undefined,
      headers: { accept: 'application/json, application/jwk-set+json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs ?? 5_000),
    });
    if (response.status !== 200) throw new RangeError(`key endpoint answered ${response.status}`);
    const sound = soundKeys(parseJson(await response.text()), onUnsound);
    // Nobody's token is refused because a provider answers nonsense: the keys known before go on.
    if (sound.keys.length === 0) throw new RangeError('the key set holds no key that proves anything');
    return createLocalJWKSet(sound);
  } catch (cause) {
    throw new CodedError('IDENTITY_PROVIDER_UNAVAILABLE', { cause });
  }
}
