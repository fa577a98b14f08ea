import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

function signed<Claims extends z.ZodType>(claims: Claims) {
  return z.strictObject({
    claims,
    keyId: z.string().min(1).max(64),
    signature: z.string().regex(/^[\w-]{86}$/),
  });
}

/** A signed head of the audit log (docs/audit-format.md), as far as the page shows it. */
export const treeHead = signed(
  z.strictObject({
    kind: z.literal('audit-head'),
    tenantId: z.string(),
    n: z.int().min(1),
    size: count,
    rootHash: hash,
    at: z.iso.datetime({ precision: 3 }),
    previous: hash.nullable(),
  }),
).meta({ id: 'AuditHead' });

/** A signed statement that introduces a key. */
export const keyStatement = signed(
  z.strictObject({
    kind: z.literal('audit-key'),
    tenantId: z.string(),
    keyId: z.string().min(1).max(64),
    publicKey: hash,
    at: z.iso.datetime({ precision: 3 }),
  }),
).meta({ id: 'AuditKey' });
