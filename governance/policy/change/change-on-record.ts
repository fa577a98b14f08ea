import type { Actor } from '#domain/person/actor.ts';
import { newId } from '#platform/new-id.ts';
import type { PolicyChange, PolicyState } from '#stores/policy/change.ts';
import type { PolicyStore } from '#stores/policy/policies.ts';
import type { EntryFacts, RecordEvent } from '../../record.ts';

interface RecordedChange {
  change: PolicyChange;
  seen: PolicyState;
  entry: EntryFacts;
}

/**
 * Carries out a change of policy. The entry is written before the change is committed; if the commit fails, a second
 * entry with the same `change_id` says so. `false`, without an entry, when policies have changed since `seen`. Throws
 * what `PolicyStore.change` throws, and `AUDIT_WRITE_FAILED`.
 */
export async function changeOnRecord(
  { policies, recordEvent }: { policies: Pick<PolicyStore, 'change'>; recordEvent: RecordEvent },
  actor: Actor,
  { change, seen, entry }: RecordedChange,
): Promise<boolean> {
  const facts = { ...entry, metadata: { ...entry.metadata, change_id: newId('policyChange') } };
  let recorded = false;
  const beforeCommit = async () => {
    await recordEvent(actor, facts);
    recorded = true;
  };
  try {
    return await policies.change(actor.tenantId, change, { seen, beforeCommit });
  } catch (error) {
    if (recorded) await recordEvent(actor, { ...facts, outcome: 'error' }).catch(() => {});
    throw error;
  }
}
