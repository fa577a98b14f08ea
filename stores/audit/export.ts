import type { AuditEntry } from '#domain/audit/audit.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { SubjectStore } from '../person/subjects.ts';
import type { AuditFilters } from './entries.ts';
import { createErasedSubjects } from './erased-subjects.ts';
import { type OpenedLeaf, openEntries, type StoredLeaf } from './open-entries.ts';

/** An entry with its place in the tree. */
export interface PlacedEntry extends OpenedLeaf {
  position: number;
}

export interface PlaceRange {
  filters: AuditFilters;
  from: number;
  to: number;
  /** With the entries that tell of erasures, whatever the filters: without them an erased person can't be told. */
  erasures?: boolean;
}

export interface AuditExportReader {
  /** Entries of the whole tenant at positions [from, to) that match the filters, in order, piece by piece. */
  entries(tenantId: string, range: PlaceRange): AsyncGenerator<PlacedEntry[]>;
}

/** Positions read in one round trip. */
const pieceSize = 2_000;

/** A row as it is stored; an entry has one of two forms, and the fields of the other are null. */
type PlacedRow = Omit<AuditEntry, 'userId' | 'actionDetail'> & { position: number; leafHash: string } & (
    | { subject: string; personal: string; sealed: string; userId: null; actionDetail: null }
    | { subject: null; personal: null; sealed: null; userId: string; actionDetail: string }
  );

function storedLeaf(row: PlacedRow): StoredLeaf {
  if (row.subject === null) {
    const { position: _, subject: _none, personal: _nothing, sealed: _unsealed, ...older } = row;
    return older;
  }
  const { position: _, userId: _none, actionDetail: _nothing, ...leaf } = row;
  return leaf;
}

export function createAuditExportReader(options: {
  pool: Database;
  subjects: Pick<SubjectStore, 'keys' | 'find'>;
}): AuditExportReader {
  const { pool, subjects } = options;
  const erased = createErasedSubjects(pool);

  async function piece(tenantId: string, filters: string, from: number, to: number): Promise<PlacedEntry[]> {
    const [row] = await pool.query<{ answer: PlacedRow[] }>(
      'SELECT ledger.read_places($1, $2, $3, $4) AS answer',
      [tenantId, filters, from, to],
    );
    const placed = row?.answer ?? [];
    const opened = await openEntries({ subjects, erased }, tenantId, placed.map(storedLeaf));
    return opened.map((entry, n) => ({ ...entry, position: placed[n]?.position ?? -1 }));
  }

  /** Few, so they are read at once. */
  async function erasureEntries(tenantId: string, from: number, to: number): Promise<PlacedEntry[]> {
    const [row] = await pool.query<{ answer: (StoredLeaf & { position: number })[] }>(
      'SELECT ledger.erasure_places($1, $2, $3) AS answer',
      [tenantId, from, to],
    );
    const placed = row?.answer ?? [];
    const leaves = placed.map(({ position: _position, ...leaf }) => leaf);
    const opened = await openEntries({ subjects, erased }, tenantId, leaves);
    return opened.map((entry, n) => ({ ...entry, position: placed[n]?.position ?? -1 }));
  }

  return {
    async *entries(tenantId, { filters, from, to, erasures = false }) {
      const { userId } = filters;
      const told = erasures ? await erasureEntries(tenantId, from, to) : [];
      const subject = userId === undefined ? undefined : await subjects.find(tenantId, userId);
      const asked = jsonText({ ...filters, subject });
      const next = (at: number) => piece(tenantId, asked, at, Math.min(at + pieceSize, to));
      // The next piece is being read while this one is written out.
      let ahead = from < to ? next(from) : undefined;
      ahead?.catch(() => {});
      for (let at = from; at < to; at += pieceSize) {
        const entries = (await ahead) ?? [];
        ahead = at + pieceSize < to ? next(at + pieceSize) : undefined;
        ahead?.catch(() => {});
        const within = told.filter(({ position }) => position >= at && position < at + pieceSize);
        yield within.length === 0 ? entries : inOrder([...entries, ...within]);
      }
    },
  };
}

/** By position, each once. */
function inOrder(entries: readonly PlacedEntry[]): PlacedEntry[] {
  const each = new Map(entries.map((entry) => [entry.position, entry]));
  return [...each.values()].toSorted((one, other) => one.position - other.position);
}
