import { CodedError } from '#domain/error.ts';
import type { Database } from '#platform/database/pool.ts';

/** What `ledger.record` takes, as text. */
export interface LedgerRecord {
  /** JSON, or `null`. */
  decision: string | null;
  /** JSON, a list. */
  entries: string;
  dedupeKey: string | null;
}

/** True when it was written; false when its dedupe key was on record already. */
export type RecordTogether = (tenantId: string, record: LedgerRecord) => Promise<boolean>;

interface Waiting extends LedgerRecord {
  resolve: (written: boolean) => void;
  reject: (error: unknown) => void;
}

interface RecordTogetherOptions {
  pool: Database;
  /** Round trips that may be under way at the same time; default 3. */
  trips?: number;
  /** Records per round trip; default 50. */
  perTrip?: number;
}

/**
 * Writes a record at once while few are under way; those of a tenant that come meanwhile are written together, in one
 * round trip and one transaction. Nobody gets an answer before the commit. If one of them can't be written, each is
 * tried by itself, so that a bad one fails alone. Tenants take turns.
 */
export function createRecordTogether({
  pool,
  trips = 3,
  perTrip = 50,
}: RecordTogetherOptions): RecordTogether {
  const waiting = new Map<string, Waiting[]>();
  let underWay = 0;

  const alone = async (tenantId: string, record: Waiting): Promise<void> => {
    const { decision, entries, dedupeKey, resolve, reject } = record;
    const values = [tenantId, decision, entries, dedupeKey];
    await ask<boolean>(pool, 'SELECT ledger.record($1, $2, $3, $4) AS answer', values).then(resolve, reject);
  };

  const trip = async (tenantId: string, records: readonly Waiting[]): Promise<void> => {
    const [first] = records;
    if (first !== undefined && records.length === 1) return alone(tenantId, first);
    const values = [tenantId, `[${records.map(textOf).join()}]`];
    try {
      const written = await ask<boolean[]>(pool, 'SELECT ledger.record_together($1, $2) AS answer', values);
      for (const [n, { resolve }] of records.entries()) resolve(written[n] === true);
    } catch (error) {
      // The database is away: trying each one by itself would tell us nothing.
      if (error instanceof CodedError && error.code === 'DATABASE_UNAVAILABLE')
        for (const { reject } of records) reject(error);
      else await Promise.all(records.map((record) => alone(tenantId, record)));
    }
  };

  const send = (): void => {
    for (const [tenantId, records] of waiting) {
      if (underWay >= trips) return;
      const taken = records.splice(0, perTrip);
      waiting.delete(tenantId);
      // Back to the end of the queue.
      if (records.length > 0) waiting.set(tenantId, records);
      underWay += 1;
      void trip(tenantId, taken).finally(() => {
        underWay -= 1;
        send();
      });
    }
  };

  return (tenantId, record) =>
    new Promise((resolve, reject) => {
      const records = waiting.get(tenantId) ?? [];
      records.push({ ...record, resolve, reject });
      waiting.set(tenantId, records);
      send();
    });
}

async function ask<Answer>(pool: Database, text: string, values: readonly unknown[]): Promise<Answer> {
  const [row] = await pool.query<{ answer: Answer }>(text, values);
  if (row === undefined) throw new Error('the ledger gave no answer');
  return row.answer;
}

function textOf({ decision, entries, dedupeKey }: LedgerRecord): string {
  const key = dedupeKey === null ? 'null' : JSON.stringify(dedupeKey);
  return `{"decision":${decision ?? 'null'},"entries":${entries},"dedupeKey":${key}}`;
}
