import { z } from 'zod';
import { errorBody } from '#domain/error.schema.ts';
import type { Exit } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { plainLine } from './terminal-text.ts';

const checkRoles =
  'See what you are with `openclaw auth whoami`. If the role is missing or wrong, an administrator has to check the OIDC claims and the role mapping.';

const hints: Readonly<Record<string, string>> = {
  forbidden: checkRoles,
  TENANT_UNKNOWN: 'An administrator has to check the tenant claim of your account.',
  NOT_FOUND: 'Check the id; `openclaw requests list` and `openclaw approvals list` show yours.',
  APPROVAL_DIGEST_MISMATCH: 'Read it again with `openclaw approvals show`, then decide.',
  APPROVAL_NOT_ALLOWED: checkRoles,
  POLICY_ENGINE_UNREACHABLE:
    'Nothing was done. Check `openclaw status` and the log of the gateway or, where OPA runs beside it, of its opa container.',
  TEMPORAL_UNAVAILABLE: 'Nothing was decided. Try again in a moment.',
  POLICY_CHANGED: 'Read it again with `openclaw policy show`, then change it.',
  AUDIT_WRITE_FAILED: 'Try again in a moment.',
};

interface GatewayAnswer {
  status: number;
  /** The body, if it was JSON. */
  body: unknown;
  contentType: string | null;
  retryAfter: string | null;
  address: string;
}

/** The failure, in words for people, for an answer that is an error. */
export function gatewayFailure({ status, body, contentType, retryAfter, address }: GatewayAnswer): Failure {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) {
    return new Failure(
      exitOf(status),
      status === 403 ? 'forbidden' : 'response_invalid',
      `${title(status)}${address} answered ${status} (${contentType ?? 'no content type'}), and not as an OpenClaw Enterprise gateway does.`,
      { hint: 'Check gateway_url: another server, a proxy or a plain OpenClaw may answer there.' },
    );
  }
  const { error, message, detail } = parsed.data;
  return new Failure(exitOf(status), error, `${title(status)}${plainLine(message)}${inWords(detail)}`, {
    detail,
    hint: hintFor(status, error, retryAfter),
  });
}

function exitOf(status: number): Exit {
  if (status === 401) return 'signedOut';
  if (status === 403) return 'forbidden';
  return status === 429 || status >= 502 ? 'unavailable' : 'failed';
}

function title(status: number): string {
  return status === 403 ? '403 Forbidden: ' : '';
}

function hintFor(status: number, code: string, retryAfter: string | null): string | undefined {
  if (status === 401) return 'Sign in with `openclaw auth login`.';
  const wait = retryAfter !== null && /^\d+$/.test(retryAfter) ? `Try again in ${retryAfter} s.` : undefined;
  return hints[code] ?? wait;
}

const fieldProblems = z.array(z.object({ field: z.string(), problem: z.string() })).min(1);

/** The gateway's detail: sentences and fields line by line, anything else if it is short enough for one sentence. */
function inWords(detail: unknown): string {
  if (detail === undefined || detail === null) return '';
  if (Array.isArray(detail) && detail.length > 0 && detail.every((one) => typeof one === 'string')) {
    return detail.map((one) => `\n- ${plainLine(one)}`).join('');
  }
  const fields = fieldProblems.safeParse(detail);
  if (fields.success) {
    return fields.data.map(({ field, problem }) => `\n- ${plainLine(`${field} ${problem}`)}`).join('');
  }
  const text = plainLine(typeof detail === 'string' ? detail : JSON.stringify(detail));
  return text.length <= 300 ? ` (${text})` : '';
}
