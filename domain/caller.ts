/** For whom a call to a workflow or an activity is made. */
export interface Caller {
  tenantId: string;
  actorId: string;
  /** Follows one request through client, workflow and activity: the request id. */
  traceId: string;
}

/** What a call is: `start request`, `update decide`, `signal lookAgain`, `query state`, `activity act`. */
export type CallName = `${'start' | 'update' | 'signal' | 'query' | 'activity'} ${string}`;

/** A caller, and the one call that they make. */
export interface CallStatement extends Caller {
  openclawCall: CallName;
}

/**
 * The arguments with the statement behind them. As an argument it is sealed and bound to its place by the payload codec,
 * which headers are not; so every call of ours carries one, and no header.
 */
export function stated(args: readonly unknown[], caller: Caller, call: CallName): unknown[] {
  const { tenantId, actorId, traceId } = caller;
  const statement: CallStatement = { openclawCall: call, tenantId, actorId, traceId };
  return [...args, statement];
}

/** The statement of a call, and what was given before it; `undefined` where there is none. */
export function unstated(args: readonly unknown[]): {
  args: unknown[];
  statement: CallStatement | undefined;
} {
  const last = args.at(-1);
  return isStatement(last)
    ? { args: args.slice(0, -1), statement: last }
    : { args: [...args], statement: undefined };
}

function isStatement(value: unknown): value is CallStatement {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return ['openclawCall', 'tenantId', 'actorId', 'traceId'].every(
    (name) => typeof fields.get(name) === 'string',
  );
}

/** Names of the headers that calls carried before there were statements: workflows of then still have them. */
export const headerNames = {
  tenantId: 'openclaw-tenant',
  actorId: 'openclaw-actor',
  traceId: 'openclaw-trace',
} as const;

/** The caller of such a call, or `undefined` when a header is missing or isn't text. */
export function callerInHeaders<Value>(
  headers: Readonly<Record<string, Value>>,
  decode: (value: Value) => unknown,
): Caller | undefined {
  const text = (name: string) => {
    const value = headers[name];
    const decoded = value === undefined ? undefined : decode(value);
    return typeof decoded === 'string' ? decoded : undefined;
  };
  const tenantId = text(headerNames.tenantId);
  const actorId = text(headerNames.actorId);
  const traceId = text(headerNames.traceId);
  if (tenantId === undefined || actorId === undefined || traceId === undefined) return undefined;
  return { tenantId, actorId, traceId };
}
