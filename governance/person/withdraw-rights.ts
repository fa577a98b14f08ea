import { sha256Hex } from '#platform/crypto/digest.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import type { RecordEvent } from '../record.ts';

interface WithdrawOptions {
  people: Pick<PeopleStore, 'rights' | 'withdraw'>;
  recordEvent: RecordEvent;
}

/**
 * The identity provider was asked and gave the person no rights. Recorded first: whoever dies in between, or can't
 * record, leaves no change that nobody hears of, and the next question does it again, with one entry.
 */
export async function withdrawRights(
  { people, recordEvent }: WithdrawOptions,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<void> {
  const known = await people.rights(tenantId, userId);
  if (known === undefined || known.withdrawnAt !== null) return;
  const { role, orgUnit, statedAt, confirmedAt } = known;
  await recordEvent(
    { tenantId, userId, role, orgUnit },
    {
      event: 'rights.withdrawn',
      detail: 'the identity provider gives no rights',
      outcome: 'denied',
      // Rights that are given again are stated or confirmed later than these.
      dedupeKey: `withdrawn:${sha256Hex([tenantId, userId, statedAt, confirmedAt].join('|'))}`,
    },
  );
  await people.withdraw(tenantId, userId);
}
