import type { Config } from '#platform/config/parse-config.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { createPayloadCodec } from '#platform/temporal/payload-codec.ts';
import type { DataKeyStore } from '#stores/key/data-keys.ts';
import type { AuthDependencies } from '../auth/auth-dependencies.ts';
import type { CodecDependencies } from './codec-routes.ts';

interface CodecParts {
  config: Pick<Config, 'codecPath' | 'codecOrigin' | 'operatorTenant'>;
  /** Of the master keys. */
  envelope: Envelope;
  dataKeys: DataKeyStore;
  identity: Pick<AuthDependencies, 'authenticateViewer' | 'publicUrl'>;
}

/** `undefined` where no codec endpoint is configured. */
export function codecDependencies(parts: CodecParts): CodecDependencies | undefined {
  const { codecPath: path, codecOrigin: origin, operatorTenant } = parts.config;
  if (path === undefined || origin === undefined) return undefined;
  return {
    codec: createPayloadCodec(parts.envelope, { unreadable: 'throws', tenantKeys: parts.dataKeys }),
    operatorTenant,
    authenticate: parts.identity.authenticateViewer,
    path,
    origin,
    publicUrl: parts.identity.publicUrl,
  };
}
