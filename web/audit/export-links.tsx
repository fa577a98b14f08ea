import { type AuditFilters, exportAddress } from './audit-filters.ts';

/** The log as a file, with the same filters. The browser fetches it itself, however large it is. */
export function ExportLinks({ filters }: { filters: AuditFilters }) {
  return (
    <>
      <a class="button" href={exportAddress('json', filters)} download="audit-export.json">
        Export JSON
      </a>
      <a class="button" href={exportAddress('csv', filters)} download="audit-export.csv">
        Export CSV
      </a>
    </>
  );
}
