import { Command, Option } from 'commander';
import { auditQuery } from '#domain/audit.schema.ts';
import { actionTypes, auditOutcomes } from '#domain/audit.ts';
import { verdicts } from '#domain/verdict.ts';
import type { Context } from '../context.ts';
import { countOption } from '../count-option.ts';
import { usageFailure } from '../failure.ts';
import { auditText } from '../text/audit-text.ts';

interface ListOptions {
  user?: string;
  type?: string;
  outcome?: string;
  policyResult?: string;
  from?: string;
  to?: string;
  request?: string;
  limit?: number;
  offset?: number;
}

export function auditListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('audit entries that you may see, newest first')
    .option('--user <id>', 'of this user')
    .addOption(new Option('--type <type>', 'of this kind').choices(actionTypes))
    .addOption(new Option('--outcome <outcome>', 'with this outcome').choices(auditOutcomes))
    .addOption(new Option('--policy-result <verdict>', 'where policy said this').choices(verdicts))
    .option('--from <time>', 'from this time on, ISO 8601')
    .option('--to <time>', 'up to this time')
    .option('--request <id>', 'of this request')
    .option('--limit <n>', 'how many at most', countOption)
    .option('--offset <n>', 'leave out so many first', countOption)
    .action(async (options: ListOptions) => {
      const query = auditFilters(options);
      const { api } = await connect();
      const page = await api.audit(query);
      output.result(page, () => auditText(page, output.width));
    });
}

/** The query as the API names it; checked here, so that a mistyped time is told before anything is sent. */
function auditFilters(options: ListOptions) {
  const parsed = auditQuery.safeParse({
    user_id: options.user,
    action_type: options.type,
    outcome: options.outcome,
    policy_result: options.policyResult,
    from: options.from === undefined ? undefined : isoTime(options.from),
    to: options.to === undefined ? undefined : isoTime(options.to),
    request_id: options.request,
    limit: options.limit,
    offset: options.offset,
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw usageFailure(`--${issue?.path.join('.') ?? 'filter'}: ${issue?.message ?? 'not valid'}.`);
}

/** A day means its beginning, UTC; a time without zone is UTC too. */
function isoTime(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00Z`;
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(text) ? `${text}Z` : text;
}
