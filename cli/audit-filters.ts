import { type Command, Option } from 'commander';
import { actionTypes } from '#domain/audit/action-type.ts';
import { type AuditQuery, auditQuery } from '#domain/audit/audit.schema.ts';
import { auditOutcomes } from '#domain/audit/audit.ts';
import { verdicts } from '#domain/policy/verdict.ts';
import { usageFailure } from './failure.ts';

export interface AuditFilterOptions {
  user?: string;
  type?: AuditQuery['action_type'];
  outcome?: AuditQuery['outcome'];
  policyResult?: AuditQuery['policy_result'];
  from?: string;
  to?: string;
  request?: string;
}

/** The options that say which entries. */
export function withAuditFilters(command: Command): Command {
  return command
    .option('--user <id>', 'of this user')
    .addOption(new Option('--type <type>', 'of this kind').choices(actionTypes))
    .addOption(new Option('--outcome <outcome>', 'with this outcome').choices(auditOutcomes))
    .addOption(new Option('--policy-result <verdict>', 'where policy said this').choices(verdicts))
    .option('--from <time>', 'from this time on, ISO 8601')
    .option('--to <time>', 'up to this time')
    .option('--request <id>', 'of this request');
}

/** The filters as the API names them; checked here, so that a mistyped time is reported before anything is sent. */
export function auditFilterQuery(
  options: AuditFilterOptions,
  page: { limit?: number; offset?: number; cursor?: string; total?: 'exact' } = {},
) {
  const asked = {
    user_id: options.user,
    action_type: options.type,
    outcome: options.outcome,
    policy_result: options.policyResult,
    from: options.from === undefined ? undefined : isoTime(options.from),
    to: options.to === undefined ? undefined : isoTime(options.to),
    request_id: options.request,
    ...page,
  };
  const parsed = auditQuery.safeParse(asked);
  if (parsed.success) return asked;
  const issue = parsed.error.issues[0];
  throw usageFailure(`--${issue?.path.join('.') ?? 'filter'}: ${issue?.message ?? 'not valid'}.`);
}

/** A day means its beginning in UTC; a time without a zone is UTC too. */
function isoTime(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00Z`;
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(text) ? `${text}Z` : text;
}
