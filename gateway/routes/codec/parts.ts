import { createOpenPayload, type OpenPayload } from '#platform/temporal/payload-codec.ts';
import type { Authenticate } from '../../identity/authenticate.ts';
import type { GatewayParts } from '../../parts.ts';

export interface CodecParts {
  open: OpenPayload;
  authenticate: Authenticate;
  /** CODEC_PATH. */
  path: string;
  /** CODEC_ORIGIN: address of the Temporal UI. */
  origin: string;
  /** PUBLIC_URL. */
  publicUrl: URL;
  /** OPERATOR_TENANT: whose administrators may decode with a token. */
  operatorTenant: string | undefined;
}

/** `undefined` where no codec endpoint is configured. */
export function codecParts({ config, stores, identity, envelope }: GatewayParts): CodecParts | undefined {
  const { codecPath: path, codecOrigin: origin, operatorTenant } = config;
  if (path === undefined || origin === undefined) return undefined;
  return {
    open: createOpenPayload(envelope, {
      namespace: config.temporalNamespace,
      tenantKeys: stores.dataKeys,
    }),
    operatorTenant,
    authenticate: identity.authenticateViewer,
    path,
    origin,
    publicUrl: identity.publicUrl,
  };
}
