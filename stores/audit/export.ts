import type { AuditEntry } from '#domain/audit/audit.ts';
import { codeOf } from '#platform/database/failure.ts';
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

/** Positions read in one round trip; fewer where entries are large. */
const pieceSize = 2_000;

/** What `ledger.read_places` answers where entries take more than it gives at once. */
const tooLarge = '54000';

/** A row as it is stored; an entry has one of two forms, and the fields of the other are null. */
type PlacedRow = Omit<AuditEntry, 'userId' | 'actionDetail'> & { position: number; leafHash: string } & (
    | { subject: string; personal: string; sealed: string; userId: null; actionDetail: null }
    | { subject: null; personal: null; sealed: null; userId: string; actionDetail: string }
  );

/** A leaf with its place in the tree. */
type PlacedLeaf = StoredLeaf & { position: number };

function placedLeaf(row: PlacedRow): PlacedLeaf {
  if (row.subject === null) {
    const { subject: _none, personal: _nothing, sealed: _unsealed, ...older } = row;
    return older;
  }
  const { userId: _none, actionDetail: _nothing, ...leaf } = row;
  return leaf;
}

export function createAuditExportReader(options: {
  pool: Database;
  subjects: Pick<SubjectStore, 'keys' | 'find'>;
}): AuditExportReader {
  const { pool, subjects } = options;
  const erased = createErasedSubjects(pool);

  async function opened(tenantId: string, placed: readonly PlacedLeaf[]): Promise<PlacedEntry[]> {
    const leaves = placed.map(({ position: _position, ...leaf }) => leaf);
    const entries = await openEntries({ subjects, erased }, tenantId, leaves);
    return entries.map((entry, n) => ({ ...entry, position: placed[n]?.position ?? -1 }));
  }

  async function piece(tenantId: string, filters: string, from: number, to: number): Promise<PlacedEntry[]> {
    const [row] = await pool.query<{ answer: PlacedRow[] }>(
      'SELECT ledger.read_places($1, $2, $3, $4) AS answer',
      [tenantId, filters, from, to],
    );
    return opened(tenantId, (row?.answer ?? []).map(placedLeaf));
  }

  /** Few, so they are read at once. */
  async function erasureEntries(tenantId: string, from: number, to: number): Promise<PlacedEntry[]> {
    const [row] = await pool.query<{ answer: PlacedLeaf[] }>(
      'SELECT ledger.erasure_places($1, $2, $3) AS answer',
      [tenantId, from, to],
    );
    return opened(tenantId, row?.answer ?? []);
  }

  return {
    async *entries(tenantId, { filters, from, to, erasures = false }) {
      const { userId } = filters;
      const told = erasures ? await erasureEntries(tenantId, from, to) : [];
      const subject = userId === undefined ? undefined : await subjects.find(tenantId, userId);
      const asked = jsonText({ ...filters, subject });
      /** `reading`: of the whole span; halves are read where it is too large. */
      async function* span(at: number, end: number, reading: Promise<PlacedEntry[]>): Pieces {
        const entries = await reading.catch((error: unknown) => {
          if (codeOf(error) !== tooLarge) throw error;
          return undefined;
        });
        if (entries === undefined) {
          const middle = Math.floor((at + end) / 2);
          yield* span(at, middle, piece(tenantId, asked, at, middle));
          yield* span(middle, end, piece(tenantId, asked, middle, end));
          return;
        }
        const within = told.filter(({ position }) => position >= at && position < end);
        yield within.length === 0 ? entries : inOrder([...entries, ...within]);
      }
      const next = (at: number) => {
        const reading = piece(tenantId, asked, at, Math.min(at + pieceSize, to));
        reading.catch(() => {});
        return reading;
      };
      // The next piece is being read while this one is written out.
      let ahead = from < to ? next(from) : undefined;
      for (let at = from; at < to && ahead !== undefined; at += pieceSize) {
        const reading = ahead;
        await reading.catch(() => {});
        ahead = at + pieceSize < to ? next(at + pieceSize) : undefined;
        yield* span(at, Math.min(at + pieceSize, to), reading);
      }
    },
  };
}

type Pieces = AsyncGenerator<PlacedEntry[]>;

/** By position, each once. */
function inOrder(entries: readonly PlacedEntry[]): PlacedEntry[] {
  const each = new Map(entries.map((entry) => [entry.position, entry]));
  return [...each.values()].toSorted((one, other) => one.position - other.position);
}
