import type { Actor } from '#domain/actor.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, once authenticated; `undefined` on public routes. */
    actor: Actor | undefined;
  }
  interface FastifySchema {
    /** Left out of the OpenAPI document. */
    hide?: boolean;
    summary?: string;
    security?: readonly Record<string, readonly string[]>[];
  }
}
