/**
 * For whom a call to a workflow or an activity is made. Headers bypass the payload codec, so they contain only opaque
 * ids.
 */
export interface CallHeaders {
  tenantId: string;
  actorId: string;
  /** Follows one request through client, workflow and activity: the request id. */
  traceId: string;
}

const names = { tenantId: 'openclaw-tenant', actorId: 'openclaw-actor', traceId: 'openclaw-trace' } as const;

export function toHeaders<Value>(call: CallHeaders, encode: (text: string) => Value): Record<string, Value> {
  return {
    [names.tenantId]: encode(call.tenantId),
    [names.actorId]: encode(call.actorId),
    [names.traceId]: encode(call.traceId),
  };
}

/** The headers as sent, or `undefined` when one is missing or isn't text. */
export function fromHeaders<Value>(
  headers: Readonly<Record<string, Value>>,
  decode: (value: Value) => unknown,
): CallHeaders | undefined {
  const text = (name: string) => {
    const value = headers[name];
    const decoded = value === undefined ? undefined : decode(value);
    return typeof decoded === 'string' ? decoded : undefined;
  };
  const tenantId = text(names.tenantId);
  const actorId = text(names.actorId);
  const traceId = text(names.traceId);
  if (tenantId === undefined || actorId === undefined || traceId === undefined) return undefined;
  return { tenantId, actorId, traceId };
}
