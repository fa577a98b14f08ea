import type { PayloadCodec } from '@temporalio/common';
import type { Authenticate } from '#gateway/middleware/authenticate/authenticate.ts';
import { type AnyRoute, defineRoute } from '#gateway/routes/route.ts';
import { admitViewer } from './admit-viewer.ts';
import { decodePayload } from './decode-payload.ts';
import { remotePayloads } from './payload.schema.ts';

interface CodecDependencies {
  codec: PayloadCodec;
  authenticate: Authenticate;
  /** CODEC_PATH. */
  path: string;
  /** CODEC_ORIGIN: address of the Temporal UI. */
  origin: string;
  publicUrl: URL;
}

/** Decode-only codec endpoint for Temporal UI; nothing encodes through it. */
export function codecRoutes(dependencies: CodecDependencies): readonly AnyRoute[] {
  const { codec, path } = dependencies;
  const origin = new URL(dependencies.origin).origin;
  const rules = { ...dependencies, origin };
  const cors = { 'access-control-allow-origin': origin, vary: 'origin' };
  return [
    defineRoute({
      method: 'POST',
      path: `${path}/decode`,
      summary: 'Decrypt payloads for Temporal UI',
      auth: 'public',
      audit: { none: 'histories hold ids and digests; contents are read elsewhere, and audited there' },
      request: { body: remotePayloads },
      response: { 200: remotePayloads },
      errors: [
        'missing_token',
        'invalid_token',
        'forbidden',
        'TENANT_UNKNOWN',
        'IDENTITY_PROVIDER_UNAVAILABLE',
      ],
      async handle(call) {
        await admitViewer(call, rules);
        const payloads = await Promise.all(
          call.body.payloads.map((payload) => decodePayload(payload, codec)),
        );
        return { status: 200 as const, body: { payloads }, headers: cors };
      },
    }),
    defineRoute({
      method: 'OPTIONS',
      path: `${path}/decode`,
      summary: 'Says to browsers that only the page of Temporal UI may call',
      auth: 'public',
      audit: { none: 'reads nothing' },
      request: {},
      response: { 204: { media: 'text/plain', holds: 'Nothing.' } },
      errors: [],
      async handle() {
        const allowed = {
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': 'authorization, content-type, x-namespace',
          'access-control-max-age': '600',
        };
        return { status: 204 as const, body: '', headers: { ...cors, ...allowed } };
      },
    }),
  ];
}
