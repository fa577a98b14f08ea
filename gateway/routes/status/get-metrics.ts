import { createHash, timingSafeEqual } from 'node:crypto';
import { CodedError } from '#domain/error.ts';
import { reachOf } from '#domain/person/permission.ts';
import { defineRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';

type Parts = Pick<GatewayParts, 'metrics' | 'identity' | 'config'>;

/** Does its own authentication: Prometheus is no person, and has METRICS_TOKEN. */
export function getMetrics({ metrics, identity, config: { metricsToken } }: Parts) {
  return defineRoute({
    method: 'GET',
    path: '/metrics',
    summary: 'Numbers for Prometheus, none of them of a person or tenant; with METRICS_TOKEN, or as an admin',
    auth: 'public',
    audit: { none: 'says nothing of any person or tenant' },
    request: {},
    response: { 200: { media: 'text/plain', contains: 'Prometheus exposition format' } },
    errors: [
      'missing_token',
      'invalid_token',
      'invalid_session',
      'session_not_found',
      'session_expired',
      'SESSION_CHANGED',
      'forbidden',
      'TENANT_UNKNOWN',
      'IDENTITY_PROVIDER_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
    ],
    async handle({ rawHeaders, cookies }) {
      if (
        metricsToken === undefined ||
        !isSame(rawHeaders['authorization'], `Bearer ${metricsToken.reveal()}`)
      ) {
        const caller = { method: 'GET', headers: rawHeaders, cookies };
        const { actor } = (await identity.authenticate(caller)).identity;
        if (reachOf('metrics.read', actor.role) === 'none') throw new CodedError('forbidden');
      }
      return { status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.text() };
    },
  });
}

/** Takes as long whatever they share. */
function isSame(sent: string | string[] | undefined, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return typeof sent === 'string' && timingSafeEqual(hash(sent), hash(wanted));
}
