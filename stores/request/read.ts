import { sql } from 'kysely';
import { CodedError } from '#domain/error.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import type { RequestStore, StoredAction } from './requests.ts';
import { toAction, toRequest } from './rows.ts';

type Reads = Pick<RequestStore, 'get' | 'list' | 'actionsOf' | 'actionsOfAll' | 'text' | 'texts'>;

export function createReads(options: { database: TenantDatabase; content: ContentStore }): Reads {
  const { database, content } = options;
  const actionsOfAll: Reads['actionsOfAll'] = (tenantId, ids) =>
    database.inTenant(tenantId, async (tx) => {
      const rows = await tx
        .selectFrom('request_actions')
        .selectAll()
        .where('request_id', '=', sql<string>`ANY(${[...ids]}::text[])`)
        .orderBy('request_id')
        .orderBy('n')
        .execute();
      const byRequest = new Map<string, StoredAction[]>(ids.map((id) => [id, []]));
      for (const row of rows) byRequest.get(row.request_id)?.push(toAction(row));
      return byRequest;
    });
  const texts: Reads['texts'] = async (tenantId, ids) => {
    const rows = await database.inTenant(tenantId, (tx) =>
      tx
        .selectFrom('requests')
        .innerJoin('content', 'content.id', 'requests.text_ref')
        .select(['requests.id as request_id', 'content.id', 'content.purpose', 'content.sealed'])
        .where('requests.id', '=', sql<string>`ANY(${[...ids]}::text[])`)
        // A text belongs only to its writer: a row that attributes it to somebody else has no text.
        .whereRef('content.owner_id', '=', 'requests.user_id')
        .execute(),
    );
    if (rows.length < new Set(ids).size) throw new CodedError('NOT_FOUND');
    return new Map(rows.map((row) => [row.request_id, textOf(content.open(tenantId, row))]));
  };
  return {
    actionsOfAll,
    actionsOf: async (tenantId, id) => (await actionsOfAll(tenantId, [id])).get(id) ?? [],
    get: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await tx.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
        return row && toRequest(tenantId, row);
      }),
    list: (tenantId, { userId, state, limit, before }) =>
      database.inTenant(tenantId, async (tx) => {
        let query = tx.selectFrom('requests').selectAll().orderBy('id', 'desc').limit(limit);
        if (userId !== undefined) query = query.where('user_id', '=', userId);
        if (state !== undefined) query = query.where('state', '=', state);
        if (before !== undefined) query = query.where('id', '<', before);
        const rows = await query.execute();
        return rows.map((row) => toRequest(tenantId, row));
      }),
    texts,
    async text(tenantId, id) {
      const text = (await texts(tenantId, [id])).get(id);
      if (text === undefined) throw new CodedError('NOT_FOUND');
      return text;
    },
  };
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new CodedError('CONTENT_UNREADABLE');
  return value;
}
