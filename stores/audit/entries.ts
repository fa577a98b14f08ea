import type { ActionType } from '#domain/audit/action-type.ts';
import type { AuditEntry, AuditOutcome } from '#domain/audit/audit.ts';
import { isId } from '#domain/ids.ts';
import type { Verdict } from '#domain/policy/verdict.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import { isOldLeaf } from '#transparency/leaf.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import type { SubjectStore } from '../person/subjects.ts';
import { createErasedSubjects } from './erased-subjects.ts';
import { type OpenedLeaf, openEntries, readableEntry, type StoredLeaf } from './open-entries.ts';

/**
 * The entries that a person may see; the caller derives this from role and policy, and the view of each event
 * (domain/audit/audit-view.ts) says which of them. With those of a unit come the person's own.
 */
export type AuditVisibility =
  | { kind: 'tenant' }
  | { kind: 'org'; orgUnit: string; userId: string }
  | { kind: 'own'; userId: string };

export interface AuditFilters {
  userId?: string;
  actionType?: ActionType;
  outcome?: AuditOutcome;
  policyResult?: Verdict;
  /** ISO 8601, inclusive. */
  from?: string;
  /** ISO 8601, exclusive. */
  to?: string;
  requestId?: string;
}

/** Where a page ended: the next one begins after this entry. */
export interface AuditPosition {
  /** ISO 8601. */
  timestamp: string;
  id: string;
}

export interface AuditQuery {
  visibility: AuditVisibility;
  filters?: AuditFilters;
  /** 1 to 1000. */
  limit: number;
  offset?: number;
  /** Only entries older than this one: stable while new ones are written. */
  after?: AuditPosition;
  /** Entries are counted up to this number; absent = all of them, 0 = none. */
  countTo?: number;
}

/** An entry for people, with its hash and the random name of its person (`null` in the older form). */
export type StoredAuditEntry = AuditEntry & { leafHash: string; subject: string | null };

/** An entry as it was hashed, with what opens its commitment. */
export type HashedEntry = Pick<OpenedLeaf, 'leaf' | 'leafHash' | 'reveal' | 'closed'>;

export interface AuditPage {
  /** As far as they were counted; `null` when not counted. */
  total: number | null;
  /** Where the next page begins; `null` on the last one. */
  next: AuditPosition | null;
  entries: StoredAuditEntry[];
}

export interface AuditReader {
  /** Newest first. An erased person is `erased:sub_…`, which also works as a filter. */
  query(tenantId: string, query: AuditQuery): Promise<AuditPage>;
  get(tenantId: string, id: string, visibility: AuditVisibility): Promise<StoredAuditEntry | undefined>;
  /** As it was hashed, for a proof. */
  hashed(tenantId: string, id: string, visibility: AuditVisibility): Promise<HashedEntry | undefined>;
}

interface RawPage {
  total: number | null;
  more: boolean;
  entries: StoredLeaf[];
}

interface AuditReaderOptions {
  pool: Database;
  subjects: Pick<SubjectStore, 'find' | 'keys'>;
  rowProofs: RowProofs;
}

export function createAuditReader({ pool, subjects, rowProofs }: AuditReaderOptions): AuditReader {
  const erased = createErasedSubjects(pool);
  const subjectOf = async (tenantId: string, userId: string) => ({
    userId,
    subject: subjectIn(userId) ?? (await subjects.find(tenantId, userId)) ?? null,
  });

  async function read(
    tenantId: string,
    {
      visibility,
      filters,
      limit,
      offset = 0,
      after,
      countTo,
    }: Omit<AuditQuery, 'filters'> & { filters: Wanted },
  ): Promise<Omit<AuditPage, 'entries'> & { opened: readonly OpenedLeaf[] }> {
    const own = visibility.kind === 'tenant' ? {} : await subjectOf(tenantId, visibility.userId);
    const asked = filters.userId === undefined ? {} : await subjectOf(tenantId, filters.userId);
    const [row] = await pool.query<{ answer: RawPage }>(
      'SELECT ledger.read_entries($1, $2, $3, $4) AS answer',
      [
        tenantId,
        jsonText({ ...visibility, ...own }),
        jsonText({ ...filters, ...asked }),
        jsonText({ limit, offset, after: after ?? null, countTo: countTo ?? null }),
      ],
    );
    const page = row?.answer ?? { total: 0, more: false, entries: [] };
    const opened = await openEntries({ subjects, erased, rowProofs }, tenantId, page.entries);
    const last = page.more ? opened.at(-1)?.leaf : undefined;
    return {
      total: page.total,
      next: last === undefined ? null : { timestamp: last.timestamp, id: last.id },
      opened,
    };
  }

  const one = async (tenantId: string, id: string, visibility: AuditVisibility) =>
    (await read(tenantId, { visibility, filters: { id }, limit: 1, countTo: 0 })).opened[0];

  return {
    async query(tenantId, { filters = {}, ...asked }) {
      const { opened, ...page } = await read(tenantId, { ...asked, filters });
      return { ...page, entries: opened.map(storedEntry) };
    },
    async get(tenantId, id, visibility) {
      const found = await one(tenantId, id, visibility);
      return found && storedEntry(found);
    },
    hashed: one,
  };
}

type Wanted = AuditFilters & { id?: string };

function storedEntry(opened: OpenedLeaf): StoredAuditEntry {
  const { leaf, leafHash } = opened;
  return { ...readableEntry(opened), leafHash, subject: isOldLeaf(leaf) ? null : leaf.subject };
}

/** A person who can no longer be named is asked for by subject. */
function subjectIn(userId: string): string | undefined {
  const subject = userId.replace(/^(erased|unreadable):/, '');
  return isId('subject', subject) ? subject : undefined;
}
