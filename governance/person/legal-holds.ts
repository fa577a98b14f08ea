import type { Actor } from '#domain/person/actor.ts';
import { newId } from '#platform/new-id.ts';
import type { LegalHoldStore, NewHold } from '#stores/person/legal-holds.ts';
import { auditEntry } from '../record.ts';

/** Legal holds: what must be kept. Each is recorded with its own entry, or not placed at all. */
export interface LegalHolds {
  /** Returns the hold's id. Throws `AUDIT_WRITE_FAILED`. */
  place(actor: Actor, hold: Omit<NewHold, 'id'>): Promise<string>;
  /** False when there is no such hold, or it is over. */
  release(actor: Actor, holdId: string, reason: string): Promise<boolean>;
}

interface LegalHoldsOptions {
  legalHolds: LegalHoldStore;
  now: () => Date;
}

export function createLegalHolds({ legalHolds, now }: LegalHoldsOptions): LegalHolds {
  return {
    async place(actor, hold) {
      const id = newId('hold');
      // The entry names the person by subject alone, which the store adds: it outlives the person's name.
      const whose = hold.userId === null ? 'everybody' : 'a person';
      const facts = {
        event: 'legal_hold.placed',
        detail: `hold ${id} on the data of ${whose}, ${spanInWords(hold)}: ${hold.reason}`,
        outcome: 'success',
        metadata: { hold_id: id, from: hold.from, to: hold.to },
      } as const;
      await legalHolds.place(actor.tenantId, { ...hold, id }, auditEntry(actor, facts, now()));
      return id;
    },
    release(actor, holdId, reason) {
      const facts = {
        event: 'legal_hold.released',
        detail: `hold ${holdId}: ${reason}`,
        outcome: 'success',
        metadata: { hold_id: holdId },
      } as const;
      return legalHolds.release(actor.tenantId, holdId, auditEntry(actor, facts, now()));
    },
  };
}

function spanInWords({ from, to }: Pick<NewHold, 'from' | 'to'>): string {
  return `from ${from ?? 'the beginning'} to ${to ?? 'further notice'}`;
}
