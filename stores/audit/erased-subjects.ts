import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';

/** Which of these subjects the log says were erased. The missing key alone proves nothing: it may have been destroyed. */
export type ErasedSubjects = (tenantId: string, subjects: readonly string[]) => Promise<ReadonlySet<string>>;

export function createErasedSubjects(pool: Database): ErasedSubjects {
  return async (tenantId, subjects) => {
    if (subjects.length === 0) return new Set();
    const [row] = await pool.query<{ erased: string[] }>('SELECT ledger.erased_subjects($1, $2) AS erased', [
      tenantId,
      jsonText([...new Set(subjects)]),
    ]);
    return new Set(row?.erased);
  };
}
