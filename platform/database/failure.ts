import { CodedError } from '#domain/error.ts';

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

// Connection, authentication, resources, shutdown, lost races: the same call may succeed later.
const awayStates = /^(08...|28...|3D000|53...|57014|57P0[1-5]|55P03|40001|40P01|25006|25P0[34]|58...)$/;
const awayMessages =
  /^(Connection terminated|Connection ended|timeout e(xceeded|xpired)|Client (has encountered|was closed)|Query read timeout|Cannot use a pool after)/;

// Text that the server's encoding or jsonb can't store.
const textStates = new Set(['22021', '22P05']);

/** The SQLSTATE or Node code of an error, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True when the server can't be reached or can't serve now. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && (networkCodes.has(code) || awayStates.test(code))) return true;
  return error instanceof Error && awayMessages.test(error.message);
}

/** The error for callers: `DATABASE_UNAVAILABLE`, `INVALID_TEXT`, or the error unchanged. */
export function databaseFailure(error: unknown): unknown {
  if (error instanceof CodedError) return error;
  if (isAway(error)) return new CodedError('DATABASE_UNAVAILABLE', { cause: error });
  if (textStates.has(codeOf(error) ?? '')) return new CodedError('INVALID_TEXT', { cause: error });
  return error;
}
