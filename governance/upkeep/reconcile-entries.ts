import type { AuditExportReader, PlacedEntry } from '#stores/audit/export.ts';
import type { Gap } from '#stores/audit/gap.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import { canonicalOf } from '#transparency/json-of.ts';
import { leafHashOfText } from '#transparency/leaf.ts';

/** Entries that one look compares: the newest, and as many from further back, which move on with each hour. */
const compared = 50_000;
/** New gaps that one look tells of; the next look tells of more. */
const most = 500;
/** Proofs checked per round trip. */
const piece = 10_000;
const hourMs = 3_600_000;

interface ReconcileEntriesOptions {
  tree: Pick<TreeStore, 'state' | 'unproven'>;
  auditExport: AuditExportReader;
  gaps: Pick<GapStore, 'unrecorded'>;
  now: () => Date;
  /** Entries that one look compares; default 50,000, twice. */
  window?: number;
}

/**
 * Computes the leaf of each entry anew from what would be shown of it: one that was changed, or whose person and deed are
 * gone though nobody was erased, is a gap, and so is one without proof that it is ours. That the leaves are those of the signed tree is the checkpoint's business.
 */
export function createReconcileEntries(options: ReconcileEntriesOptions) {
  const { tree, auditExport, gaps, now, window = compared } = options;
  return async (tenantId: string): Promise<Gap[]> => {
    // From the first position on: which entries have expired is for whoever can drop months to say, and those have no rows.
    const { leaves } = await tree.state(tenantId);
    const newest = Math.max(0, leaves - window);
    const found: Gap[] = [];
    const look = async (from: number, to: number) => {
      for (let at = from; at < to && found.length < most; at += piece) {
        const foreign = await tree.unproven(tenantId, { from: at, to: Math.min(at + piece, to) });
        found.push(
          ...(await gaps.unrecorded(
            tenantId,
            foreign.map((ref) => ({ kind: 'entry_foreign', ref })),
          )),
        );
      }
      for await (const entries of auditExport.entries(tenantId, { filters: {}, from, to })) {
        found.push(...(await gaps.unrecorded(tenantId, entries.flatMap(gapOf))));
        if (found.length >= most) return;
      }
    };
    await look(newest, leaves);
    const turns = Math.ceil(newest / window);
    if (turns > 0 && found.length < most) {
      const from = (Math.floor(now().getTime() / hourMs) % turns) * window;
      await look(from, Math.min(from + window, newest));
    }
    return found.slice(0, most);
  };
}

function gapOf({ leaf, leafHash, closed }: PlacedEntry): Gap[] {
  const text = canonicalOf(leaf);
  if (text === undefined || leafHashOfText(text) !== leafHash)
    return [{ kind: 'entry_changed', ref: leaf.id }];
  return closed === 'unreadable' ? [{ kind: 'entry_unreadable', ref: leaf.id }] : [];
}
