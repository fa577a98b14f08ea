import type { AuditEntryView } from '#domain/audit/audit.schema.ts';
import { Badge } from '../design/badge.tsx';
import { Problem } from '../design/problem.tsx';
import { agoWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { DeskProps } from '../desk-props.ts';
import { hashOf } from '../navigation/place.ts';
import { may } from '../session/role-words.ts';
import { AuditFilterForm } from './audit-filter-form.tsx';
import type { AuditFilters } from './audit-filters.ts';
import { eventWords, outcomeWords } from './audit-words.ts';
import { ExportLinks } from './export-links.tsx';
import { NewestHead } from './newest-head.tsx';
import { useAuditLog } from './use-audit-log.ts';

/** The audit log, newest first, as far as the person's role allows. */
export function AuditLog({ api, live, who, filters }: DeskProps & { filters: AuditFilters }) {
  const { log, failure, asking, again, older } = useAuditLog(api, filters, live);
  return (
    <section class="column" aria-labelledby="page-title">
      <h1 id="page-title" tabIndex={-1}>
        Audit log
      </h1>
      <NewestHead api={api} live={live} />
      <AuditFilterForm key={JSON.stringify(filters)} filters={filters} />
      <div class="row">
        <p class="quiet" aria-live="polite">
          {asking ? 'Fetching…' : log && countWords(log.total, log.isExact)}
        </p>
        <button type="button" onClick={again}>
          Look again
        </button>
        {may(who, 'audit.export') && <ExportLinks filters={filters} />}
      </div>
      {failure && <Problem failure={failure} />}
      <ul class="lines">
        {log?.entries.map((entry) => (
          <li key={entry.id}>
            <EntryLine entry={entry} />
          </li>
        ))}
      </ul>
      {log?.next && (
        <button type="button" aria-disabled={asking} onClick={older}>
          Show older
        </button>
      )}
    </section>
  );
}

function EntryLine({ entry }: { entry: AuditEntryView }) {
  return (
    <>
      <p class="row">
        <a href={hashOf({ page: 'audit_entry', id: entry.id })}>{eventWords(entry)}</a>
        <Badge {...outcomeWords(entry.outcome)} />
        <span class="quiet small">
          <When at={entry.timestamp} words={agoWords} />
        </span>
      </p>
      <p class="outside">{entry.action_detail}</p>
      <p class="small quiet outside">{entry.user_id}</p>
    </>
  );
}

function countWords(total: number, isExact: boolean): string {
  const number = total.toLocaleString('en');
  if (!isExact) return `More than ${number} entries`;
  return total === 1 ? '1 entry' : `${number} entries`;
}
