import { sql } from 'kysely';
import { z } from 'zod';
import { isFinal, requestStates } from '#domain/request/request.ts';
import { codeOf } from '#platform/database/failure.ts';
import { newId } from '#platform/new-id.ts';
import type { TenantDatabase } from '../database.ts';
import type { HeldSpan } from './legal-holds.ts';

const counts = z.object({
  contents: z.int(),
  requests: z.int(),
  approvals: z.int(),
  votes: z.int(),
  sessions: z.int(),
  /** Contents kept by a legal hold. */
  held: z.int(),
});

/** How many rows of a person have been erased so far. */
export type ErasedRows = z.infer<typeof counts>;

const result = z.object({
  rows: counts,
  /** Audit entries that no longer say who and what. */
  auditEntries: z.int(),
  /** Older entries, whose hash covers the user id itself. */
  auditEntriesInClear: z.int(),
  holds: z.array(z.string()),
});

export type ErasureResult = z.infer<typeof result>;

export interface Erasure {
  id: string;
  /** `null` once no legal hold keeps anything. */
  userId: string | null;
  subject: string | null;
  createdAt: string;
  finishedAt: string | null;
  result: ErasureResult | null;
}

export interface ErasureStore {
  /** Begins an erasure, or returns the one of this person that is under way. */
  begin(
    tenantId: string,
    erasure: { userId: string; subject: string | null; requestedBy: string; reasonRef: string },
  ): Promise<Erasure>;
  find(tenantId: string, id: string): Promise<Erasure | undefined>;
  /** Stores the person's name in the audit log, where it was unknown when the erasure began. */
  nameSubject(tenantId: string, id: string, subject: string): Promise<void>;
  /**
   * Requests of the person in which something may still happen, and requests of others that wait and have their vote.
   */
  openRequests(tenantId: string, userId: string): Promise<string[]>;
  /**
   * Safe to repeat. `undefined`, with nothing erased, while `openRequests` has any, even one that has just been made.
   * No vote of the person is accepted meanwhile, nor afterwards, unless they are seen again or a legal hold kept them
   * known.
   */
  eraseRows(
    tenantId: string,
    userId: string,
    alias: string,
    held: readonly HeldSpan[],
  ): Promise<ErasedRows | undefined>;
  finish(tenantId: string, id: string, result: ErasureResult): Promise<void>;
}

/**
 * SQLSTATE with which the database says that something of the person is still open
 * (migrations/tenant/0011_content_retention.sql).
 */
const objectInUse = '55006';

const openStates = requestStates.filter((state) => !isFinal(state));

export function createErasureStore({ database }: { database: TenantDatabase }): ErasureStore {
  return {
    begin: (tenantId, { userId, subject, requestedBy, reasonRef }) =>
      database.inTenant(tenantId, async (tx) => {
        await tx
          .insertInto('erasures')
          .values({
            id: newId('erasure'),
            user_id: userId,
            subject,
            requested_by: requestedBy,
            reason_ref: reasonRef,
          })
          .onConflict((conflict) => conflict.column('user_id').where('finished_at', 'is', null).doNothing())
          .execute();
        const row = await tx
          .selectFrom('erasures')
          .selectAll()
          .where('user_id', '=', userId)
          .where('finished_at', 'is', null)
          .executeTakeFirstOrThrow();
        return toErasure(row);
      }),
    find: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await tx.selectFrom('erasures').selectAll().where('id', '=', id).executeTakeFirst();
        return row === undefined ? undefined : toErasure(row);
      }),
    nameSubject: (tenantId, id, subject) =>
      database.inTenant(tenantId, async (tx) => {
        await tx
          .updateTable('erasures')
          .set({ subject })
          .where('id', '=', id)
          .where('subject', 'is', null)
          .execute();
      }),
    openRequests: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('requests')
          .select('id')
          .where('user_id', '=', userId)
          .where('state', 'in', openStates)
          .union(
            // A signed vote counts for its person until the approval is closed.
            tx
              .selectFrom('approval_votes')
              .innerJoin('approvals', 'approvals.id', 'approval_votes.approval_id')
              .select('approvals.request_id as id')
              .where('approval_votes.user_id', '=', userId)
              .where('approvals.state', '=', 'pending'),
          )
          .orderBy('id')
          .execute();
        return rows.map((row) => row.id);
      }),
    async eraseRows(tenantId, userId, alias, held) {
      const spans = JSON.stringify(held.map(({ from, to }) => ({ from, to })));
      try {
        return await database.inTenant(tenantId, async (tx) => {
          const { rows } = await sql<{ erased: unknown }>`
            SELECT erase_person(${userId}, ${alias}, ${spans}::jsonb) AS erased`.execute(tx);
          return counts.parse(rows[0]?.erased);
        });
      } catch (error) {
        if (codeOf(error) === objectInUse) return undefined;
        throw error;
      }
    },
    finish: (tenantId, id, outcome) =>
      database.inTenant(tenantId, async (tx) => {
        await tx
          .updateTable('erasures')
          .set({
            result: sql<never>`${JSON.stringify(outcome)}::jsonb`,
            finished_at: sql<string>`now()`,
            ...(outcome.holds.length === 0 ? { user_id: null } : {}),
          })
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .execute();
      }),
  };
}

function toErasure(row: {
  id: string;
  user_id: string | null;
  subject: string | null;
  created_at: string;
  finished_at: string | null;
  result: unknown;
}): Erasure {
  return {
    id: row.id,
    userId: row.user_id,
    subject: row.subject,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    result: row.result === null ? null : result.parse(row.result),
  };
}
