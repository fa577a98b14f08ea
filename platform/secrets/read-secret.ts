import { CodedError } from '#domain/error.ts';
import { tenantIdPattern } from '#domain/ids.ts';

/**
 * Reads one key of a tenant's secret. The name is that of a mounted secret or of one in Vault, or `env:NAME` where that
 * is allowed. Throws `CONNECTOR_UNAVAILABLE` when it doesn't exist or can't be read now; no error contains the value.
 */
export type SecretReader = (tenantId: string, secretName: string, key: string) => Promise<string>;

/** A change of a secret that was read before. */
export interface Rotation {
  tenantId: string;
  secretName: string;
  key: string;
  content: Uint8Array;
  before: Uint8Array;
}

/** Called before the new value is used; if it throws, the old one stays in use until the next look. */
export type OnRotation = (rotation: Rotation) => Promise<void>;

const namePattern = /^[a-z][a-z0-9_-]{0,62}$/;

/** Throws for names that could lead out of a tenant's folder. */
export function checkSecretName(tenantId: string, secretName: string, key: string): void {
  if (!tenantIdPattern.test(tenantId) || !namePattern.test(secretName) || !namePattern.test(key))
    throw new CodedError('CONNECTOR_UNAVAILABLE', { message: 'malformed name of a secret' });
}

export function noSecret(secretName: string, key: string, cause?: unknown): CodedError {
  return new CodedError('CONNECTOR_UNAVAILABLE', {
    message: `no credentials: secret ${secretName}, key ${key}`,
    cause,
  });
}
