import { z } from 'zod';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { keyStatement, treeHead } from '#domain/audit/statement.schema.ts';
import { type ExportHeader, type ExportRow, exportFormat } from './export-format.ts';
import type { Leaf, PublicEntry } from './leaf.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const position = z.int().min(0);
const moment = z.iso.datetime({ precision: 3 });

/** A list of such items, up to the first that is none: of a list of a million, zod itself would say what is wrong with each. */
const listOf = <Item>(item: z.ZodType<Item>, most: number) =>
  z.custom<Item[]>(
    (value) =>
      Array.isArray(value) && value.length <= most && value.every((one) => item.safeParse(one).success),
  );
const texts = z.custom<Record<string, string>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string'),
);

export const exportHeader: z.ZodType<ExportHeader> = z.strictObject({
  format: z.literal(exportFormat),
  tenantId: z.string(),
  exportedAt: moment,
  filters: texts,
  head: treeHead,
  heads: listOf(treeHead, 2_000),
  keys: listOf(keyStatement, 100),
  expiredBefore: moment.nullable(),
  unsealed: z.int().min(0),
});

const fields =
  'actionType dataAccessed dataClassification decisionId event id metadata modelTokens modelUsed orgUnit outcome policyApplied policyReason policyResult requestId tenantId timestamp';
const newerFields = new Set([...fields.split(' '), 'subject', 'personal']);
const olderFields = new Set([...fields.split(' '), 'userId', 'actionDetail']);

// Only what the verifier itself reads has a shape: every other field of an entry is covered by the leaf hash.
const newer = z.looseObject({
  id: z.string().regex(/^aud_[0-9A-Z]{1,26}$/),
  tenantId: z.string(),
  timestamp: z.string(),
  subject: z.string().regex(/^sub_[0-9A-Za-z_]{1,64}$/),
  personal: z.string(),
});
const older = newer.omit({ subject: true, personal: true }).extend({ userId: z.string() });

function isLeaf(value: unknown): value is Leaf {
  if (typeof value !== 'object' || value === null) return false;
  const [names, shape] = 'personal' in value ? [newerFields, newer] : [olderFields, older];
  const given = Object.keys(value);
  return (
    given.length === names.size && given.every((name) => names.has(name)) && shape.safeParse(value).success
  );
}

/** Positions and sizes stay below 2^53. */
const isCountable = (row: { position: number; level?: number }) =>
  Number.isSafeInteger(row.position + 2 ** (row.level ?? 0));

export const exportRow: z.ZodType<ExportRow> = z
  .union([
    z.strictObject({
      entry: z.custom<AuditEntry | PublicEntry>(isLeaf, 'is no entry'),
      leafHash: hash,
      position,
      reveal: z.strictObject({ salt: hash, userId: z.string(), actionDetail: z.string() }).nullable(),
    }),
    z.strictObject({ hash, level: z.int().min(0).max(52), position }),
  ])
  .refine(isCountable);
