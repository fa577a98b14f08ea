import { type AnyRoute, defineRoute } from '../../http/route.ts';
import { admitViewer } from './admit-viewer.ts';
import { decodePayload } from './decode-payload.ts';
import type { CodecParts } from './parts.ts';
import { remotePayloads } from './payload.schema.ts';

/** A codec endpoint for Temporal UI that only decodes. */
export function decodeRoutes(parts: CodecParts): readonly AnyRoute[] {
  return [postDecode(parts), preflightDecode(parts)];
}

function postDecode(parts: CodecParts) {
  const { open, path } = parts;
  const origin = new URL(parts.origin).origin;
  return defineRoute({
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
      await admitViewer(call, { ...parts, origin });
      const payloads = await Promise.all(call.body.payloads.map((payload) => decodePayload(payload, open)));
      return { status: 200, body: { payloads }, headers: corsFor(origin) };
    },
  });
}

function preflightDecode(parts: CodecParts) {
  const origin = new URL(parts.origin).origin;
  return defineRoute({
    method: 'OPTIONS',
    path: `${parts.path}/decode`,
    summary: 'Says to browsers that only the page of Temporal UI may call',
    auth: 'public',
    audit: { none: 'reads nothing' },
    request: {},
    response: { 204: { media: 'text/plain', contains: 'Nothing.' } },
    errors: [],
    async handle(_call) {
      const allowed = {
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization, content-type, x-namespace',
        'access-control-max-age': '600',
      };
      return { status: 204, body: '', headers: { ...corsFor(origin), ...allowed } };
    },
  });
}

function corsFor(origin: string) {
  return { 'access-control-allow-origin': origin, vary: 'origin' };
}
