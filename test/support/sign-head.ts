import { createSignHead, type SignHeadOptions } from '#activities/audit/heads/sign-head.ts';
import type { Stores } from '#stores/open-stores.ts';
import { recordEventIn } from './record-event.ts';

/** Seals a tenant's audit log under a new head, which nobody publishes; the head. */
export async function signHead(
  stores: Pick<Stores, 'tree' | 'ledger'>,
  tenantId: string,
  options: Pick<SignHeadOptions, 'signer'> & Partial<SignHeadOptions>,
) {
  const { now = () => new Date() } = options;
  const run = createSignHead({
    tree: stores.tree,
    trustedKeys: [],
    lastPublished: async () => undefined,
    recordEvent: recordEventIn(stores, now),
    now,
    ...options,
  });
  const done = await run(tenantId, () => {});
  if (done.kind !== 'signed') throw new Error(done.kind);
  return done.head;
}
