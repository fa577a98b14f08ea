import { Command } from 'commander';
import { listAuditEntries } from '#domain/audit/calls.ts';
import { type AuditFilterOptions, auditFilterQuery, withAuditFilters } from '../../audit-filters.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { auditText } from '../../text/audit-text.ts';

interface ListOptions extends AuditFilterOptions {
  limit?: number;
  offset?: number;
  cursor?: string;
  exact?: boolean;
}

export function auditListCommand({ connect, output }: Context): Command {
  return withAuditFilters(new Command('list'))
    .description('audit entries that you may see, newest first')
    .option('--limit <n>', 'how many at most', countOption)
    .option('--offset <n>', 'leave out so many first', countOption)
    .option('--cursor <text>', 'go on where a page ended; stable while new entries are written')
    .option('--exact', 'count beyond 100,000 too')
    .action(async ({ limit, offset, cursor, exact, ...filters }: ListOptions) => {
      const query = auditFilterQuery(filters, {
        ...(limit === undefined ? {} : { limit }),
        ...(offset === undefined ? {} : { offset }),
        ...(cursor === undefined ? {} : { cursor }),
        ...(exact === true ? { total: 'exact' } : {}),
      });
      const { call } = await connect();
      const page = await call(listAuditEntries, { query });
      output.result(page, () => auditText(page, output.width));
    });
}
