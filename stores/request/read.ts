import { sql } from 'kysely';
import { CodedError } from '#domain/error.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import { isGenuine } from './genuine.ts';
import type { RequestFilter, RequestStore, StoredAction, StoredRequest } from './requests.ts';
import { toAction, toRequest } from './rows.ts';

type Reads = Pick<RequestStore, 'get' | 'list' | 'actionsOf' | 'actionsOfAll' | 'text' | 'texts'>;

export function createReads(options: {
  database: TenantDatabase;
  content: ContentStore;
  proofs: RowProofs;
}): Reads {
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
    const found = await database.inTenant(tenantId, (tx) =>
      tx
        .selectFrom('requests')
        .innerJoin('content', 'content.id', 'requests.text_ref')
        .selectAll('requests')
        .select(['content.id as content_id', 'content.purpose', 'content.sealed'])
        .where('requests.id', '=', sql<string>`ANY(${[...ids]}::text[])`)
        // A text belongs only to its writer: a row that attributes it to somebody else has no text.
        .whereRef('content.owner_id', '=', 'requests.user_id')
        .execute(),
    );
    const proofs = options.proofs.of(tenantId);
    const rows = found.filter((row) => isGenuine(proofs, row));
    if (rows.length < new Set(ids).size) throw new CodedError('NOT_FOUND');
    return new Map(
      rows.map(({ id, content_id, purpose, sealed }) => [
        id,
        textOf(content.open(tenantId, { id: content_id, purpose, sealed })),
      ]),
    );
  };
  const page = (tenantId: string, { userId, state, limit, before }: RequestFilter) =>
    database.inTenant(tenantId, (tx) => {
      let query = tx.selectFrom('requests').selectAll().orderBy('id', 'desc').limit(limit);
      if (userId !== undefined) query = query.where('user_id', '=', userId);
      if (state !== undefined) query = query.where('state', '=', state);
      if (before !== undefined) query = query.where('id', '<', before);
      return query.execute();
    });
  return {
    actionsOfAll,
    actionsOf: async (tenantId, id) => (await actionsOfAll(tenantId, [id])).get(id) ?? [],
    async get(tenantId, id) {
      const row = await database.inTenant(tenantId, (tx) =>
        tx.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst(),
      );
      return row && isGenuine(options.proofs.of(tenantId), row) ? toRequest(tenantId, row) : undefined;
    },
    async list(tenantId, { limit, ...filter }) {
      const found: StoredRequest[] = [];
      for (let after = filter; ; ) {
        const rows = await page(tenantId, { ...after, limit });
        const proofs = options.proofs.of(tenantId);
        const genuine = rows.filter((row) => isGenuine(proofs, row));
        found.push(...genuine.map((row) => toRequest(tenantId, row)));
        const last = rows.at(-1);
        if (last === undefined || rows.length < limit || found.length >= limit) return found.slice(0, limit);
        after = { ...filter, before: last.id };
      }
    },
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
