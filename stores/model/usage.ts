import { sql } from 'kysely';
import { CodedError } from '#domain/error.ts';
import type { TokenLimit, TokenScope } from '#domain/model/model-limits.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { TenantDatabase, TenantTx } from '../database.ts';
import type { HeldPerson } from '../person/legal-holds.ts';

export interface TokenReservation {
  /** Names the call across retries: `<request>/plan`. */
  callId: string;
  /** UTC, `2026-11-21`. */
  day: string;
  /** The most tokens that the call can use. */
  tokens: number;
  limits: readonly TokenLimit[];
}

export interface ModelUsageStore {
  /**
   * Tokens counted on that day, used and reserved by calls under way; without those that this call has reserved itself.
   */
  tokensOn(actor: Actor, day: string, of: { scope: TokenScope; callId: string }): Promise<number>;
  /**
   * Reserves tokens for a call in every scope, or in none: throws `MODEL_TOKENS_EXHAUSTED` when one limit would be
   * passed. Calls at the same time can't pass a limit together. The same call again reserves its tokens once.
   */
  reserve(actor: Actor, reservation: TokenReservation): Promise<void>;
  /** Replaces the reservation by what the call really used. Once per reservation. */
  recordUse(actor: Actor, callId: string, used: number): Promise<void>;
  /**
   * Deletes calls made before a time (ISO 8601) and counts of days before a day, except under legal hold; returns how
   * many rows.
   */
  forget(
    tenantId: string,
    old: { callsBefore: string; daysBefore: string; held: readonly HeldPerson[] },
  ): Promise<number>;
}

export function createModelUsageStore({ database }: { database: TenantDatabase }): ModelUsageStore {
  return {
    tokensOn: (actor, day, { scope, callId }) =>
      database.inTenant(actor.tenantId, async (tx) => {
        const row = await tx
          .selectFrom('model_usage')
          .leftJoin('model_calls', (join) =>
            join.onRef('model_calls.day', '=', 'model_usage.day').on('call_id', '=', callId),
          )
          .select(['model_usage.tokens', 'model_calls.reserved'])
          .where('model_usage.day', '=', day)
          .where('model_usage.scope', '=', keyOf(actor, scope))
          .executeTakeFirst();
        return (row?.tokens ?? 0) - (row?.reserved ?? 0);
      }),
    reserve: (actor, { callId, day, tokens, limits }) =>
      database.inTenant(actor.tenantId, async (tx) => {
        await lockDay(tx, day);
        const reservation = await tx
          .selectFrom('model_calls')
          .selectAll()
          .where('call_id', '=', callId)
          .executeTakeFirst();
        // An attempt that broke off left its reservation; this one replaces it.
        if (reservation !== undefined)
          await count(tx, { actor, day: reservation.day, tokens: -reservation.reserved });
        const counted = await count(tx, { actor, day, tokens });
        for (const { scope, tokens: limit } of limits) {
          if ((counted.get(keyOf(actor, scope)) ?? tokens) > limit) {
            throw new CodedError('MODEL_TOKENS_EXHAUSTED', { detail: { limit, level: scope.level } });
          }
        }
        await tx
          .insertInto('model_calls')
          .values({
            call_id: callId,
            day,
            user_id: actor.userId,
            org_unit: actor.orgUnit,
            reserved: tokens,
            used: 0,
          })
          .onConflict((conflict) => conflict.column('call_id').doUpdateSet({ day, reserved: tokens }))
          .execute();
      }),
    recordUse: (actor, callId, used) =>
      database.inTenant(actor.tenantId, async (tx) => {
        const found = await tx
          .selectFrom('model_calls')
          .select('day')
          .where('call_id', '=', callId)
          .executeTakeFirst();
        if (found === undefined) throw new CodedError('NOT_FOUND');
        await lockDay(tx, found.day);
        const reservation = await tx
          .selectFrom('model_calls')
          .select(['day', 'reserved'])
          .where('call_id', '=', callId)
          .executeTakeFirstOrThrow();
        if (reservation.reserved === 0) return;
        await count(tx, { actor, day: reservation.day, tokens: used - reservation.reserved });
        await tx
          .updateTable('model_calls')
          .set({ reserved: 0, used: sql<number>`used + ${used}` })
          .where('call_id', '=', callId)
          .execute();
      }),
    forget: (tenantId, { callsBefore, daysBefore, held }) =>
      database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ rows: number }>`
          SELECT forget_model_use(${callsBefore}, ${daysBefore}, ${JSON.stringify(held)}::jsonb) AS rows`.execute(
          tx,
        );
        return rows[0]?.rows ?? 0;
      }),
  };
}

/** One reservation at a time per tenant: a model call takes seconds, this a millisecond. */
async function lockDay(tx: TenantTx, day: string): Promise<void> {
  await tx
    .insertInto('model_usage')
    .values({ day, scope: 'tenant', tokens: 0 })
    .onConflict((conflict) =>
      conflict.columns(['day', 'scope']).doUpdateSet({ tokens: sql`model_usage.tokens` }),
    )
    .execute();
}

/** Adds to every scope that the person belongs to, and returns the sums. */
async function count(
  tx: TenantTx,
  { actor, day, tokens }: { actor: Actor; day: string; tokens: number },
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx
    .insertInto('model_usage')
    .values(
      scopesOf(actor).map((scope) => ({ day, scope: keyOf(actor, scope), tokens: Math.max(tokens, 0) })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['day', 'scope'])
        .doUpdateSet({ tokens: sql<number>`greatest(model_usage.tokens + ${tokens}, 0)` }),
    )
    .returning(['scope', 'tokens'])
    .execute();
  return new Map(rows.map((row) => [row.scope, row.tokens]));
}

function scopesOf({ orgUnit }: Actor): readonly TokenScope[] {
  const parts = orgUnit.split('/');
  const units = parts.map((_part, at) => parts.slice(0, at + 1).join('/'));
  return [
    { level: 'tenant' },
    ...units.map((unit): TokenScope => ({ level: 'unit', orgUnit: unit })),
    { level: 'person' },
  ];
}

function keyOf({ userId }: Actor, scope: TokenScope): string {
  switch (scope.level) {
    case 'tenant':
      return 'tenant';
    case 'unit':
      return `unit:${scope.orgUnit}`;
    case 'person':
      return `user:${userId}`;
  }
}
