import type { Database } from '#platform/database/pool.ts';

/** What became of a month of audit entries that was to be dropped. */
export type DroppedMonth = 'dropped' | 'absent' | 'too_young' | 'held' | 'not_covered';

/** How many entries of a person the ledger has, by form. */
export interface PersonEntries {
  sealed: number;
  /** Entries from before personal fields were sealed. */
  inClear: number;
}

export interface RetentionStore {
  /** Creates months of the audit log from last month to twelve ahead; returns how many were missing. */
  makeMonths(): Promise<number>;
  /** `YYYY-MM`, oldest first: months that are wholly older than so many days (366 at least). */
  expiredMonths(keepDays: number): Promise<string[]>;
  /** The database itself checks age, legal holds and signed heads. */
  dropMonth(month: string, keepDays: number): Promise<DroppedMonth>;
  entriesOf(tenantId: string, person: { subject: string | null; userId: string }): Promise<PersonEntries>;
}

export function createRetentionStore({ pool }: { pool: Database }): RetentionStore {
  return {
    async makeMonths() {
      const [row] = await pool.query<{ made: number }>('SELECT ledger.make_partitions(1, 12) AS made', []);
      return row?.made ?? 0;
    },
    async expiredMonths(keepDays) {
      const rows = await pool.query<{ month: string }>('SELECT ledger.expired_months($1) AS month', [
        keepDays,
      ]);
      return rows.map((row) => row.month);
    },
    async dropMonth(month, keepDays) {
      const [row] = await pool.query<{ became: DroppedMonth }>('SELECT ledger.drop_month($1, $2) AS became', [
        month,
        keepDays,
      ]);
      return row?.became ?? 'absent';
    },
    async entriesOf(tenantId, { subject, userId }) {
      const [row] = await pool.query<{ answer: PersonEntries }>(
        'SELECT ledger.count_of_person($1, $2, $3) AS answer',
        [tenantId, subject, userId],
      );
      return row?.answer ?? { sealed: 0, inClear: 0 };
    },
  };
}
