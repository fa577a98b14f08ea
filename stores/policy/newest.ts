import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { TenantTx } from '../database.ts';
import { isProven, type Proving, refOf, withProofs } from './proven.ts';
import { readByRef, readVersions } from './read.ts';
import { policyRef } from './rows.ts';

/** Versions whose proof this process has seen: what they say never changes. */
export type SeenProofs = LRUCache<string, true>;

export function createSeenProofs(): SeenProofs {
  return new LRUCache({ max: 200_000 });
}

/** Versions per round trip: between two of them other work gets its turn. */
const atOnce = 200;

/**
 * Versions that nothing proves and that are newer than the newest one that is proven. Whoever looks for the newest
 * version of a policy passes over them.
 */
export async function unprovenNewest(tx: TenantTx, proving: Proving, seen: SeenProofs): Promise<string[]> {
  const newest = await tx
    .selectFrom('policies')
    .select(['id', ({ fn }) => fn.max<number>('version').as('version')])
    .groupBy('id')
    .execute();
  const refs = newest.map(({ id, version }) => policyRef(id, version));
  const unproven = await unprovenOf(tx, proving, { refs, seen });
  const skipped: string[] = [];
  for (const id of new Set(unproven.map((ref) => ref.slice(0, ref.lastIndexOf('@'))))) {
    const versions = await withProofs(tx, proving, await readVersions(tx, id));
    skipped.push(...versions.slice(versions.findLastIndex(isProven) + 1).map(refOf));
  }
  return skipped;
}

/** Every version that nothing proves; of drafts and what is in force alone if wanted. */
export async function everyUnproven(
  tx: TenantTx,
  proving: Proving,
  { seen, onlyLiving }: { seen: SeenProofs; onlyLiving: boolean },
): Promise<string[]> {
  const { rows } = await sql<{
    ref: string;
  }>`SELECT id || '@' || version AS ref FROM policies
    WHERE NOT ${onlyLiving} OR status <> 'deprecated' ORDER BY id, version`.execute(tx);
  return unprovenOf(tx, proving, { refs: rows.map(({ ref }) => ref), seen });
}

async function unprovenOf(
  tx: TenantTx,
  proving: Proving,
  { refs, seen }: { refs: readonly string[]; seen: SeenProofs },
): Promise<string[]> {
  const keyOf = (ref: string) => `${proving.tenantId} ${ref}`;
  const unknown = refs.filter((ref) => !seen.has(keyOf(ref)));
  const unproven: string[] = [];
  for (let from = 0; from < unknown.length; from += atOnce) {
    const rows = await readByRef(tx, unknown.slice(from, from + atOnce));
    for (const policy of await withProofs(tx, proving, rows)) {
      if (isProven(policy)) seen.set(keyOf(refOf(policy)), true);
      else unproven.push(refOf(policy));
    }
    await setImmediate();
  }
  return unproven;
}
