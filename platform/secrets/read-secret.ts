import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '#domain/error.ts';
import { tenantIdPattern } from '#domain/ids.ts';

const namePattern = /^[a-z][a-z0-9_-]{0,62}$/;

/** Reads one key of a tenant's secret. Throws `CONNECTOR_UNAVAILABLE` when it isn't there. */
export type SecretReader = (tenantId: string, secretName: string, key: string) => Promise<string>;

/** Secrets are mounted as files, `<folder>/<tenant>/<secret>/<key>`, as Kubernetes mounts them. */
export function createSecretReader(folder: string): SecretReader {
  return async (tenantId, secretName, key) => {
    if (!tenantIdPattern.test(tenantId) || !namePattern.test(secretName) || !namePattern.test(key)) {
      throw new CodedError('CONNECTOR_UNAVAILABLE', { message: 'malformed name of a secret' });
    }
    try {
      return (await readFile(join(folder, tenantId, secretName, key), 'utf8')).trim();
    } catch (cause) {
      throw new CodedError('CONNECTOR_UNAVAILABLE', {
        message: `no credentials: secret ${secretName}, key ${key}`,
        cause,
      });
    }
  };
}
