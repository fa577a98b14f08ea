import { type CheckpointTenantOptions, createCheckpointTenant } from '#activities/audit/checkpoint-tenant.ts';
import type { Stores } from '#stores/open-stores.ts';
import { recordEventIn } from './record-event.ts';

/** Seals a tenant's audit log under a new head, which nobody publishes; the head. */
export async function signHead(
  stores: Pick<Stores, 'tree' | 'ledger'>,
  tenantId: string,
  options: Pick<CheckpointTenantOptions, 'signer'> & Partial<CheckpointTenantOptions>,
) {
  const { now = () => new Date() } = options;
  const run = createCheckpointTenant({
    tree: stores.tree,
    heldKeys: [],
    lastPublished: async () => undefined,
    recordEvent: recordEventIn(stores, now),
    now,
    ...options,
  });
  const done = await run(tenantId, () => {});
  if (done.kind !== 'signed') throw new Error(done.kind);
  return done.head;
}
