import { createSignHead, type HeadOutcome, type SignHeadOptions } from '#activities/audit/heads/sign-head.ts';
import { createRecordGaps } from '#governance/upkeep/record-gaps.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { TreeHead } from '#transparency/statement.ts';
import { recordEventIn } from './record-event.ts';

type SignOptions = Pick<SignHeadOptions, 'signer'> & Partial<SignHeadOptions>;

/** Checkpoints of tenants whose heads nobody publishes. */
export function checkpointsIn(
  stores: Pick<Stores, 'tree' | 'ledger' | 'gaps'>,
  options: SignOptions,
): (tenantId?: string) => Promise<HeadOutcome> {
  const run = createSignHead({
    tree: stores.tree,
    trustedKeys: [],
    lastPublished: async () => undefined,
    recordEvent: recordEventIn(stores),
    recordGaps: createRecordGaps({ gaps: stores.gaps, now: () => new Date() }),
    ...options,
  });
  return (tenantId = 'acme') => run(tenantId, () => {});
}

/** Seals a tenant's audit log under a new head, which nobody publishes; the head. */
export async function signHead(
  stores: Pick<Stores, 'tree' | 'ledger' | 'gaps'>,
  tenantId: string,
  options: SignOptions,
): Promise<TreeHead> {
  const done = await checkpointsIn(stores, options)(tenantId);
  if (done.kind !== 'signed') throw new Error(done.kind);
  return done.head;
}

/** A tree whose database says that it is another time. What it takes, it takes by its own clock all the same. */
export function treeAt(tree: TreeStore, now: () => Date): TreeStore {
  return {
    ...tree,
    state: async (tenantId) => ({ ...(await tree.state(tenantId)), at: now().toISOString() }),
  };
}
