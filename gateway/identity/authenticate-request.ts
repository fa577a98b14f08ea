import type { AuthenticateRequest } from '../http/add-routes.ts';
import type { Authenticate } from './authenticate.ts';

/** `Authenticate` as the routes use it. A session that is in use gets its cookie anew. */
export function createAuthenticateRequest(authenticate: Authenticate): AuthenticateRequest {
  return async ({ method, headers, cookies }, reply) => {
    const { identity, renewedCookie } = await authenticate({ method, headers, cookies });
    if (renewedCookie !== undefined) reply.header('set-cookie', renewedCookie);
    return identity.actor;
  };
}
