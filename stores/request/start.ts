import { type Selectable, sql } from 'kysely';
import { raisedByContent } from '#domain/classification/classify-content.ts';
import { CodedError } from '#domain/error.ts';
import type { RequestState } from '#domain/request/request.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import type { RowProofs, TenantProofs } from '../key/row-proofs.ts';
import { isGenuine, proveRequest } from './genuine.ts';
import type { DueRequest, RequestStore } from './requests.ts';
import { toRequest } from './rows.ts';
import type { RequestsTable } from './tables.ts';

type Starts = Pick<
  RequestStore,
  'create' | 'markStarted' | 'unstarted' | 'underWay' | 'endForeign' | 'noteRestart' | 'withdrawUnstarted'
>;

const startedStates: readonly RequestState[] = ['running', 'queued', 'outcome_unknown'];

const databaseTime = sql<string>`now()`;

export function createStarts(options: {
  database: TenantDatabase;
  content: ContentStore;
  proofs: RowProofs;
}): Starts {
  const { database, content } = options;
  return {
    create: ({ tenantId, userId, role, orgUnit }, { id, idempotencyKey, bodyDigest, text }) =>
      database.inTenant(tenantId, async (tx) => {
        const proofs = options.proofs.of(tenantId);
        const sealed = content.seal({
          tenantId,
          purpose: 'request_text',
          ownerId: userId,
          classification: raisedByContent('internal', text),
          value: text,
        });
        const asked = {
          id,
          user_id: userId,
          role,
          org_unit: orgUnit,
          idempotency_key: idempotencyKey,
          body_digest: bodyDigest,
          text_ref: sealed.id,
        };
        // The text is inserted only with its request: a repeated key leaves no orphan.
        const created = await tx
          .with('created', (db) =>
            db
              .insertInto('requests')
              .values({ ...asked, state: 'received', proof: proveRequest(proofs, asked) })
              .onConflict((conflict) => conflict.columns(['user_id', 'idempotency_key']).doNothing())
              .returningAll(),
          )
          .with('kept', (db) =>
            db
              .insertInto('content')
              .columns(['id', 'purpose', 'owner_id', 'classification', 'sealed'])
              .expression(
                sql`SELECT ${sealed.id}, ${sealed.purpose}, ${userId}, ${sealed.classification}, ${sealed.sealed}::bytea FROM created`,
              ),
          )
          .selectFrom('created')
          .selectAll()
          .executeTakeFirst();
        if (created !== undefined) return { request: toRequest(tenantId, created), created: true };
        const stored = await tx
          .selectFrom('requests')
          .selectAll()
          .where('user_id', '=', userId)
          .where('idempotency_key', '=', idempotencyKey)
          .executeTakeFirstOrThrow();
        if (stored.body_digest !== bodyDigest || !isGenuine(proofs, stored))
          throw new CodedError('IDEMPOTENCY_KEY_REUSED');
        return { request: toRequest(tenantId, stored), created: false };
      }),
    markStarted: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) => {
        const proofs = options.proofs.of(tenantId);
        const started = await tx
          .updateTable('requests')
          .set({ state: 'running', started_at: databaseTime, updated_at: databaseTime })
          .where('id', '=', id)
          .where('state', '=', 'received')
          .returningAll()
          .executeTakeFirst();
        const row =
          started ?? (await tx.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst());
        if (row === undefined || !isGenuine(proofs, row)) throw new CodedError('NOT_FOUND');
        return toRequest(tenantId, row);
      }),
    unstarted: (tenantId, { olderThanMs, limit }) =>
      database.inTenant(tenantId, async (tx) => {
        const proofs = options.proofs.of(tenantId);
        const rows = await tx
          .selectFrom('requests')
          .selectAll()
          .where('state', '=', 'received')
          .where('created_at', '<', sql<string>`now() - ${olderThanMs} * interval '1 millisecond'`)
          .orderBy('created_at')
          .limit(limit)
          .execute();
        return rows.map((row) => dueOf(proofs, tenantId, row));
      }),
    underWay: (tenantId, { quietMs, after, limit }) =>
      database.inTenant(tenantId, async (tx) => {
        const proofs = options.proofs.of(tenantId);
        const rows = await tx
          .selectFrom('requests')
          .selectAll()
          .where('state', 'in', startedStates)
          .where('updated_at', '<', sql<string>`now() - ${quietMs} * interval '1 millisecond'`)
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .execute();
        return rows.map((row) => dueOf(proofs, tenantId, row));
      }),
    endForeign: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) => {
        await tx
          .updateTable('requests')
          .set({ state: 'failed', updated_at: databaseTime, finished_at: databaseTime })
          .where('id', '=', id)
          .where('state', 'in', ['received', ...startedStates])
          .execute();
      }),
    noteRestart: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) => {
        await tx
          .updateTable('requests')
          .set({ updated_at: databaseTime })
          .where('id', '=', id)
          .where('state', 'in', startedStates)
          .execute();
      }),
    withdrawUnstarted: (tenantId, id, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const withdrawn = await tx
          .updateTable('requests')
          .set({ state: 'withdrawn', updated_at: databaseTime, finished_at: databaseTime })
          .where('id', '=', id)
          .where('user_id', '=', userId)
          .where('state', '=', 'received')
          .returning('id')
          .executeTakeFirst();
        return withdrawn !== undefined;
      }),
  };
}

function dueOf(proofs: TenantProofs, tenantId: string, row: Selectable<RequestsTable>): DueRequest {
  return { ...toRequest(tenantId, row), isForeign: !isGenuine(proofs, row) };
}
