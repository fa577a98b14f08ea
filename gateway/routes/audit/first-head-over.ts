import type { TreeStore } from '#stores/audit/tree.ts';
import type { TreeHead } from '#transparency/statement.ts';

interface FirstHeadOptions {
  tree: Pick<TreeStore, 'headsFrom'>;
  tenantId: string;
  /** How many leaves it has to cover; `newest` does. */
  size: number;
  newest: TreeHead;
}

/**
 * The oldest head that covers so many leaves. Sizes never decrease, so it is found by bisection, in some twenty reads
 * after years.
 */
export async function firstHeadOver({ tree, tenantId, size, newest }: FirstHeadOptions): Promise<TreeHead> {
  let found = newest;
  for (let from = 1, to = newest.claims.n; from < to; ) {
    const middle = Math.floor((from + to) / 2);
    const [head] = await tree.headsFrom(tenantId, middle, 1);
    if (head === undefined || head.claims.size < size) from = middle + 1;
    else {
      found = head;
      to = middle;
    }
  }
  return found;
}
