import { CodedError } from '#domain/error.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import type { ApprovalStore } from './approvals.ts';
import { closeApproval } from './close.ts';
import { listApprovals, toApproval } from './list.ts';
import { openApproval } from './open.ts';
import { readVotes, recordVote } from './votes.ts';

/** Approvals of every tenant: what lists and pages read, and the votes as they were signed. */
export function createApprovalStore(options: {
  database: TenantDatabase;
  content: ContentStore;
  proofs: RowProofs;
}): ApprovalStore {
  const { database, content } = options;
  return {
    open: (tenantId, approval) =>
      database.inTenant(tenantId, (tx) =>
        openApproval(tx, { content, proofs: options.proofs.of(tenantId) }, { tenantId, approval }),
      ),
    prolong: (tenantId, id, expiresAt) =>
      database.inTenant(tenantId, async (tx) => {
        await tx
          .updateTable('approvals')
          .set({ expires_at: expiresAt })
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .where('expires_at', '<', expiresAt)
          .execute();
      }),
    get: (tenantId, id) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await tx.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst();
        return row && toApproval(tenantId, row);
      }),
    list: (tenantId, filter) => database.inTenant(tenantId, (tx) => listApprovals(tx, tenantId, filter)),
    approved: (tenantId, { after, limit }) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('approvals')
          .selectAll()
          .where('state', '=', 'approved')
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .execute();
        return rows.map((row) => toApproval(tenantId, row));
      }),
    votes: (tenantId, id) => database.inTenant(tenantId, (tx) => readVotes(tx, tenantId, id)),
    async recordVote(tenantId, vote) {
      if (vote.claims.tenantId !== tenantId) throw new CodedError('TENANT_MISMATCH');
      return database.inTenant(tenantId, (tx) => recordVote(tx, vote));
    },
    close: (tenantId, id, closing) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await closeApproval(tx, id, closing);
        return toApproval(tenantId, row);
      }),
  };
}
