import { auditConsistency, consistencyQuery } from '#domain/audit/answers.schema.ts';
import * as calls from '#domain/audit/calls.ts';
import { CodedError } from '#domain/error.ts';
import { createHashSource } from '#transparency/hash-source.ts';
import { consistencyProof } from '#transparency/proofs.ts';
import { toHex } from '#transparency/tree.ts';
import { defineRoute } from '../../http/route.ts';
import type { AuditParts } from './parts.ts';

export function getConsistency({ tree }: Pick<AuditParts, 'tree'>) {
  return defineRoute({
    ...calls.getConsistency,
    summary: 'Proof that the audit log of one size is the beginning of the log of another',
    auth: 'audit.read',
    audit: { none: 'a proof holds hashes, and nothing of any entry' },
    request: { query: consistencyQuery },
    response: { 200: auditConsistency },
    errors: ['DATABASE_UNAVAILABLE', 'AUDIT_NOT_SEALED'],
    async handle({ actor, query }) {
      const { head } = await tree.state(actor.tenantId);
      const { from, to = head?.claims.size ?? 0 } = query;
      if (head === null || to > head.claims.size) throw new CodedError('AUDIT_NOT_SEALED');
      if (from > to) throw new CodedError('INVALID_REQUEST', { message: '`from` is above `to`.' });
      const source = createHashSource(tree.readHashes(actor.tenantId));
      const proof = await consistencyProof(source, from, to);
      const [from_root, to_root] = [await source.rangeHash(0, from), await source.rangeHash(0, to)];
      return {
        status: 200,
        body: {
          from,
          to,
          from_root: toHex(from_root),
          to_root: toHex(to_root),
          proof: proof.map(toHex),
          head,
        },
      };
    },
  });
}
