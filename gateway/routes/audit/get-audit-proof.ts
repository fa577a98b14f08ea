import { z } from 'zod';
import { ownActions } from '#domain/action/own-actions.ts';
import { auditProof } from '#domain/audit/answers.schema.ts';
import * as calls from '#domain/audit/calls.ts';
import { CodedError } from '#domain/error.ts';
import { entryProblem } from '#transparency/check-entry.ts';
import { createHashSource } from '#transparency/hash-source.ts';
import { inclusionProof } from '#transparency/proofs.ts';
import { toHex } from '#transparency/tree.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import type { AuditParts } from './parts.ts';
import { auditVisibility } from './visibility.ts';

export function getAuditProof(
  parts: Pick<AuditParts, 'tree' | 'auditEntries' | 'governedRead' | 'rulesFor' | 'freshCheckpoint'>,
) {
  const { tree, auditEntries, governedRead, rulesFor, freshCheckpoint } = parts;

  /** Place and head of an entry, if a head covers it. */
  async function sealed(tenantId: string, id: string) {
    const [{ head }, position] = await Promise.all([tree.state(tenantId), tree.placeOf(tenantId, id)]);
    return head === null || position === undefined || position >= head.claims.size
      ? undefined
      : { head, position };
  }

  return defineRoute({
    ...calls.getAuditProof,
    summary: 'Proof that an entry is in the audit log that a signed head speaks of',
    auth: 'audit.read',
    audit: 'audit.read',
    request: { params: z.strictObject({ id: z.string().max(64) }) },
    response: { 200: auditProof },
    errors: ['NOT_FOUND', 'AUDIT_NOT_SEALED', ...governedReadErrors],
    async handle({ actor, params: { id } }) {
      const { tenantId } = actor;
      const entry = await governedRead({
        actor,
        facts: ownActions.readAudit,
        event: 'audit.read',
        detail: `proof of audit entry ${id}`,
        classification: 'internal',
        run: async () => {
          const output = await auditEntries.hashed(tenantId, id, await auditVisibility(actor, rulesFor));
          return { output, touched: output === undefined ? [] : [ownDataRead(id)] };
        },
      });
      if (entry === undefined) throw new CodedError('NOT_FOUND');
      let place = await sealed(tenantId, id);
      if (place === undefined) {
        await freshCheckpoint(actor);
        place = await sealed(tenantId, id);
      }
      if (place === undefined) throw new CodedError('AUDIT_NOT_SEALED');
      const { head, position } = place;
      const source = createHashSource(tree.readHashes(tenantId));
      const proof = (await inclusionProof(source, position, head.claims.size)).map(toHex);
      const { leaf, leafHash, reveal, closed = null } = entry;
      const shown = { entry: { ...leaf }, reveal, closed };
      const problem = entryProblem({ ...shown, leafHash }) ?? null;
      const body = { entry_id: id, position, leaf_hash: leafHash, ...shown, problem, proof, head };
      return { status: 200, body };
    },
  });
}
