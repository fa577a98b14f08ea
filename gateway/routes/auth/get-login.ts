import { z } from 'zod';
import { isLoopbackHost } from '#platform/oidc/secure-url.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';
import { returnPath } from '../../identity/return-path.ts';
import { refusalAnswer, refusals } from './refusal-answer.ts';

/** Sends the browser to the identity provider. */
export function getLogin({ signIn, loginCookie, publicUrl, nowMs }: IdentityParts) {
  return defineRoute({
    method: 'GET',
    path: '/auth/login',
    summary: 'Start signing in with a browser',
    auth: 'public',
    audit: { none: 'nobody is known yet; the end of the sign-in is recorded' },
    request: { query: z.object({ return_to: z.string().optional() }) },
    response: {
      303: { media: 'text/plain', contains: 'Nothing; the way to the identity provider is in `location`.' },
      ...refusals,
    },
    errors: ['IDENTITY_PROVIDER_UNAVAILABLE'],
    async handle({ query, rawHeaders }) {
      const returnTo = returnPath(query.return_to);
      if (isOtherLoopbackName(rawHeaders.host, publicUrl)) {
        const here = new URL(`/auth/login?${new URLSearchParams({ return_to: returnTo })}`, publicUrl);
        return { status: 303, body: '', headers: { location: here.href } };
      }
      try {
        const { url, pending } = await signIn.begin(returnTo, new Date(nowMs()));
        return {
          status: 303,
          body: '',
          headers: { location: url.href, 'set-cookie': loginCookie.of(pending) },
        };
      } catch (error) {
        return refusalAnswer(error, []);
      }
    },
  });
}

/** `localhost` and `127.0.0.1` have separate cookies, and the provider comes back to the one in PUBLIC_URL. */
function isOtherLoopbackName(host: string | string[] | undefined, publicUrl: URL): boolean {
  const hostname = typeof host === 'string' ? URL.parse(`http://${host}`)?.hostname : undefined;
  return (
    hostname !== undefined &&
    hostname !== publicUrl.hostname &&
    isLoopbackHost(hostname) &&
    isLoopbackHost(publicUrl.hostname)
  );
}
