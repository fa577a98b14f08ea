import { z } from 'zod';
import { requestList } from '#domain/request/request.schema.ts';
import { requestStates } from '#domain/request/request.ts';
import { defineRoute } from '../../http/route.ts';
import { isTyped } from '../../temporal/plan-typed.ts';
import type { RouteDependencies } from '../dependencies.ts';

const query = z.strictObject({
  state: z.enum(requestStates).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** Only requests older than this one: `next` of the page before. */
  before: z.string().max(64).optional(),
});

/** The person's own requests, newest first. */
export function listRequests({ requests }: Pick<RouteDependencies, 'requests'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/requests',
    summary: 'Your own requests, newest first',
    auth: 'requests.use',
    audit: { none: 'people read what is their own' },
    request: { query },
    response: { 200: requestList },
    errors: ['DATABASE_UNAVAILABLE'],
    async handle({ actor, query: { state, limit, before } }) {
      const page = await requests.list(actor.tenantId, {
        userId: actor.userId,
        limit,
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before }),
      });
      const texts = await requests.texts(
        actor.tenantId,
        page.map(({ id }) => id),
      );
      const summaries = page.map((row) => {
        const text = texts.get(row.id) ?? null;
        return {
          id: row.id,
          state: row.state,
          user_id: row.userId,
          text: text === null || isTyped(row, text) ? null : text,
          created_at: row.createdAt,
          updated_at: row.updatedAt,
        };
      });
      const next = page.length === limit ? (page.at(-1)?.id ?? null) : null;
      return { status: 200, body: { requests: summaries, next } };
    },
  });
}
