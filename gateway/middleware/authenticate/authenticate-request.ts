import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '#domain/actor.ts';
import type { Authenticate } from './authenticate.ts';

/** `Authenticate` as the gateway's routes use it. A session in use gets its cookie anew. */
export function createAuthenticateRequest(authenticate: Authenticate) {
  return async ({ method, headers, cookies }: FastifyRequest, reply: FastifyReply): Promise<Actor> => {
    const { identity, renewedCookie } = await authenticate({ method, headers, cookies });
    if (renewedCookie !== undefined) reply.header('set-cookie', renewedCookie);
    return identity.actor;
  };
}
