import { z } from 'zod';
import { keyStatement, treeHead } from './statement.schema.ts';

/** What the API says of heads, keys and proofs. Hashes are 64 hex digits. */
export const auditHeads = z.object({ heads: z.array(treeHead) }).meta({ id: 'AuditHeads' });

export type AuditHeads = z.infer<typeof auditHeads>;

/** Query of `GET /api/v1/audit/heads`. */
export const headsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(10) });

export type HeadsQuery = z.output<typeof headsQuery>;

export const auditKeys = z
  .object({
    /** Public keys in PEM, by id, as `openclaw audit verify --key` takes them. */
    verify_keys: z.record(z.string(), z.string()),
    /** Statements by which keys introduce each other, oldest first. */
    statements: z.array(keyStatement),
  })
  .meta({ id: 'AuditKeys' });

export type AuditKeys = z.infer<typeof auditKeys>;

export const auditConsistency = z
  .object({
    from: z.int(),
    to: z.int(),
    from_root: z.string(),
    to_root: z.string(),
    /** RFC 6962 §2.1.2. */
    proof: z.array(z.string()),
    /** The newest head; it covers `to`. */
    head: treeHead,
  })
  .meta({ id: 'AuditConsistency' });

export type AuditConsistency = z.infer<typeof auditConsistency>;

const size = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Query of `GET /api/v1/audit/consistency`; without `to` the newest head's size. */
export const consistencyQuery = z.strictObject({ from: size, to: size.optional() });

export type ConsistencyQuery = z.output<typeof consistencyQuery>;

export const auditProof = z
  .object({
    entry_id: z.string(),
    position: z.int(),
    leaf_hash: z.string(),
    /** What was hashed (docs/audit-format.md), as it is stored now: its leaf hash has to be `leaf_hash`. */
    entry: z.record(z.string(), z.unknown()),
    /** What opens its commitment; `null` where the person was erased, and in the older form. */
    reveal: z.object({ salt: z.string(), userId: z.string(), actionDetail: z.string() }).nullable(),
    /** Why nothing opens it: the log says that the person was erased, or nothing does. */
    closed: z.enum(['erased', 'unreadable']).nullable(),
    /** What this gateway finds wrong with `entry`; whoever trusts it less computes that again. */
    problem: z.string().nullable(),
    /** RFC 6962 §2.1.1, from the leaf upwards. */
    proof: z.array(z.string()),
    head: treeHead,
  })
  .meta({ id: 'AuditProof' });

export type AuditProof = z.infer<typeof auditProof>;
