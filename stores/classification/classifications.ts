import { sql } from 'kysely';
import { type Classification, raisedTo } from '#domain/classification/classification.ts';
import { orgUnitCovers } from '#domain/person/role.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase, TenantTx } from '../database.ts';
import type { HeldPerson } from '../person/legal-holds.ts';

/** The label that its content gave an item when it was last seen. */
export interface SeenLabel {
  itemId: string;
  originalLevel: Classification;
  classification: Classification;
  /** `payment_card`, `credential`: never the text itself. */
  reasons: readonly string[];
}

export interface NewOverride {
  itemId: string;
  /** Holds for this unit and below; `''` = for everybody. */
  orgUnit: string;
  previous: Classification;
  classification: Classification;
  reason: string;
  /** The administrator (`sub`). */
  by: string;
}

export interface ClassificationStore {
  /** The labels that administrators gave these items, as they hold in this unit; items without one are absent. */
  overrides(
    tenantId: string,
    orgUnit: string,
    itemIds: readonly string[],
  ): Promise<ReadonlyMap<string, Classification>>;
  /** The label that the item's content gave it when it was last read; `undefined` when it gave none. */
  seen(tenantId: string, itemId: string): Promise<SeenLabel | undefined>;
  /** Stores such labels; writes only those that changed, or were last stored a month ago. */
  noteSeen(tenantId: string, labels: readonly SeenLabel[]): Promise<void>;
  /** Deletes labels of items not read since then (ISO 8601), except under legal hold; returns how many. */
  forgetUnseen(tenantId: string, before: string, held: readonly HeldPerson[]): Promise<number>;
  /**
   * Takes effect with the next decision. `beforeCommit` runs last and undoes it by throwing. Returns the time, ISO
   * 8601.
   */
  override(tenantId: string, override: NewOverride, beforeCommit: () => Promise<void>): Promise<string>;
}

export function createClassificationStore(options: {
  database: TenantDatabase;
  content: ContentStore;
}): ClassificationStore {
  const { database, content } = options;
  return {
    overrides: async (tenantId, orgUnit, itemIds) => {
      if (itemIds.length === 0) return new Map();
      return database.inTenant(tenantId, (tx) => overridesIn(tx, orgUnit, itemIds));
    },
    seen: (tenantId, itemId) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await tx
          .selectFrom('item_labels')
          .select(['original_level', 'classification', 'reasons'])
          .where('item_id', '=', itemId)
          .executeTakeFirst();
        if (row === undefined) return undefined;
        const { original_level: originalLevel, classification, reasons } = row;
        return { itemId, originalLevel, classification, reasons: Array.isArray(reasons) ? reasons : [] };
      }),
    noteSeen: async (tenantId, labels) => {
      if (labels.length === 0) return;
      // In the same order everywhere, so that two readers of the same items don't deadlock.
      const rows = labels.toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1));
      await database.inTenant(tenantId, (tx) =>
        sql`
          INSERT INTO item_labels (item_id, original_level, classification, reasons)
          SELECT item_id, original_level, classification, reasons::jsonb
          FROM unnest(${rows.map(({ itemId }) => itemId)}::text[], ${rows.map(({ originalLevel }) => originalLevel)}::text[],
            ${rows.map(({ classification }) => classification)}::text[],
            ${rows.map(({ reasons }) => JSON.stringify(reasons))}::text[])
            AS seen (item_id, original_level, classification, reasons)
          ON CONFLICT (item_id) DO UPDATE SET original_level = excluded.original_level,
            classification = excluded.classification, reasons = excluded.reasons, seen_at = now()
          WHERE (item_labels.original_level, item_labels.classification, item_labels.reasons)
            IS DISTINCT FROM (excluded.original_level, excluded.classification, excluded.reasons)
            OR item_labels.seen_at < now() - interval '30 days'`.execute(tx),
      );
    },
    forgetUnseen: (tenantId, before, held) =>
      database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ labels: number }>`
          SELECT forget_item_labels(${before}, ${JSON.stringify(held)}::jsonb) AS labels`.execute(tx);
        return rows[0]?.labels ?? 0;
      }),
    override: (tenantId, { itemId, orgUnit, previous, classification, reason, by }, beforeCommit) =>
      database.inTenant(tenantId, async (tx) => {
        const reasonRef = await content.put(tx, {
          tenantId,
          purpose: 'decision_reason',
          ownerId: by,
          classification: raisedTo(previous, classification),
          value: reason,
        });
        const row = await tx
          .insertInto('classification_overrides')
          .values({
            item_id: itemId,
            org_unit: orgUnit,
            previous,
            classification,
            reason_ref: reasonRef,
            override_by: by,
          })
          .returning('override_at')
          .executeTakeFirstOrThrow();
        await beforeCommit();
        return row.override_at;
      }),
  };
}

/**
 * The same in a transaction that is already open. A unit may raise the label of a unit above it, never lower it: a
 * lower level restricts and never widens.
 */
export async function overridesIn(
  tx: TenantTx,
  orgUnit: string,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, Classification>> {
  const rows = await tx
    .selectFrom('classification_overrides')
    .distinctOn(['item_id', 'org_unit'])
    .select(['item_id', 'org_unit', 'classification'])
    .where('item_id', '=', sql<string>`ANY(${[...itemIds]}::text[])`)
    .orderBy('item_id')
    .orderBy('org_unit')
    .orderBy('seq', 'desc')
    .execute();
  const labels = new Map<string, Classification>();
  for (const row of rows) {
    if (row.org_unit !== '' && !orgUnitCovers(row.org_unit, orgUnit)) continue;
    const known = labels.get(row.item_id);
    labels.set(row.item_id, known === undefined ? row.classification : raisedTo(known, row.classification));
  }
  return labels;
}
