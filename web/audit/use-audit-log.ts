import { useEffect, useRef, useState } from 'preact/hooks';
import type { AuditEntryView, AuditQuery } from '#domain/audit/audit.schema.ts';
import { listAuditEntries } from '#domain/audit/calls.ts';
import type { AnyOf } from '#domain/call.ts';
import type { Api } from '../api/call-api.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import type { AuditFilters } from './audit-filters.ts';

interface Log {
  entries: readonly AuditEntryView[];
  total: number;
  isExact: boolean;
  /** Cursor of the next page; `null` on the last. */
  next: string | null;
}

interface AuditLogHandle {
  /** `undefined` before the first page. */
  log: Log | undefined;
  failure: Failure | undefined;
  asking: boolean;
  again: () => void;
  older: () => void;
}

const pageSize = 50;

/** Entries page by page. Nothing is fetched unasked: every look is an entry itself. */
export function useAuditLog(api: Api, filters: AuditFilters, live: boolean): AuditLogHandle {
  const [log, setLog] = useState<Log>();
  const [failure, setFailure] = useState<Failure>();
  const [asking, setAsking] = useState(false);
  const newest = useRef(0);

  async function ask(before: Log | undefined): Promise<void> {
    newest.current += 1;
    const mine = newest.current;
    setAsking(true);
    setFailure(undefined);
    try {
      const page = await api(listAuditEntries, { query: queryOf(filters, before?.next) });
      if (mine !== newest.current) return;
      setLog({
        entries: [...(before?.entries ?? []), ...page.entries],
        total: before?.total ?? page.total,
        isExact: before?.isExact ?? page.total_exact,
        next: page.next_cursor,
      });
    } catch (thrown) {
      if (mine === newest.current) setFailure(asFailure(thrown));
    } finally {
      if (mine === newest.current) setAsking(false);
    }
  }

  const wanted = JSON.stringify(filters);
  useEffect(() => {
    setLog(undefined);
    if (live) void ask(undefined);
  }, [wanted, live]);

  return {
    log,
    failure,
    asking,
    again: () => void ask(undefined),
    older: () => {
      if (log?.next && !asking) void ask(log);
    },
  };
}

function queryOf(filters: AuditFilters, cursor: string | null | undefined): AnyOf<AuditQuery> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whether the log knows what an address says, the server tells
  return { ...filters, limit: pageSize, cursor: cursor ?? undefined } as AnyOf<AuditQuery>;
}
