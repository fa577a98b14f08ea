import * as calls from '#domain/request/calls.ts';
import { requestList, requestQuery } from '#domain/request/request.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { isTyped } from '../../temporal/plan-typed.ts';
import type { RequestParts } from './parts.ts';

/** The person's own requests, newest first. */
export function listRequests({ requests }: Pick<RequestParts, 'requests'>) {
  return defineRoute({
    ...calls.listRequests,
    summary: 'Your own requests, newest first',
    auth: 'requests.use',
    audit: { none: 'people read what is their own' },
    request: { query: requestQuery },
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
