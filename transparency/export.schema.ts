import { z } from 'zod';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { keyStatement, treeHead } from '#domain/audit/statement.schema.ts';
import { type ExportHeader, type ExportRow, exportFormat } from './export-format.ts';
import type { Leaf, PublicEntry } from './leaf.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const position = z.int().min(0);
const moment = z.iso.datetime({ precision: 3 });

export const exportHeader: z.ZodType<ExportHeader> = z.strictObject({
  format: z.literal(exportFormat),
  tenantId: z.string(),
  exportedAt: moment,
  filters: z.record(z.string(), z.string()),
  head: treeHead,
  heads: z.array(treeHead),
  keys: z.array(keyStatement),
  expiredBefore: moment.nullable(),
  unsealed: z.int().min(0),
});

// Only the fields that the verifier itself reads: every other field of an entry is covered by the leaf hash.
const isNamed = (value: unknown): value is Record<'id' | 'tenantId' | 'timestamp', string> =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'tenantId' in value &&
  'timestamp' in value &&
  [value.id, value.tenantId, value.timestamp].every((part) => typeof part === 'string');
const isLeaf = (value: unknown): value is Leaf =>
  isNamed(value) &&
  ('personal' in value
    ? typeof value.personal === 'string' && 'subject' in value && typeof value.subject === 'string'
    : 'userId' in value && typeof value.userId === 'string');

export const exportRow: z.ZodType<ExportRow> = z.union([
  z.strictObject({
    entry: z.custom<AuditEntry | PublicEntry>(isLeaf, 'is no entry'),
    leafHash: hash,
    position,
    reveal: z.strictObject({ salt: hash, userId: z.string(), actionDetail: z.string() }).nullable(),
  }),
  z.strictObject({ hash, level: z.int().min(0).max(52), position }),
]);
