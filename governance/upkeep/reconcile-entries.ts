import type { AuditExportReader } from '#stores/audit/export.ts';
import type { Gap } from '#stores/audit/gap.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import { leafHash } from '#transparency/leaf.ts';

/** Entries that one look compares: the newest, and as many from further back, which move on with each hour. */
const most = 50_000;
const hourMs = 3_600_000;

interface ReconcileEntriesOptions {
  tree: Pick<TreeStore, 'state'>;
  auditExport: AuditExportReader;
  now: () => Date;
}

/**
 * Computes the leaf of each entry anew from what would be shown of it: one that was changed, or whose person and deed are
 * gone though nobody was erased, is a gap. That the leaves are those of the signed tree is the checkpoint's business.
 */
export function createReconcileEntries({ tree, auditExport, now }: ReconcileEntriesOptions) {
  return async (tenantId: string): Promise<Gap[]> => {
    const { leaves, expiredLeaves } = await tree.state(tenantId);
    const newest = Math.max(expiredLeaves, leaves - most);
    const gaps: Gap[] = [];
    const look = async (from: number, to: number) => {
      for await (const piece of auditExport.entries(tenantId, { filters: {}, from, to })) {
        for (const { leaf, leafHash: recorded, closed } of piece) {
          if (leafHash(leaf) !== recorded) gaps.push({ kind: 'entry_changed', ref: leaf.id });
          else if (closed === 'unreadable') gaps.push({ kind: 'entry_unreadable', ref: leaf.id });
        }
      }
    };
    await look(newest, leaves);
    const older = newest - expiredLeaves;
    if (older > 0) {
      const turns = Math.ceil(older / most);
      const from = expiredLeaves + (Math.floor(now().getTime() / hourMs) % turns) * most;
      await look(from, Math.min(from + most, newest));
    }
    return gaps;
  };
}
