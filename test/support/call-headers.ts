import { type Caller, headerNames } from '#domain/caller.ts';

/** Headers as calls carried them before there were statements, and as anybody at the Temporal port can write them. */
export function toHeaders<Value>(caller: Caller, encode: (text: string) => Value): Record<string, Value> {
  return {
    [headerNames.tenantId]: encode(caller.tenantId),
    [headerNames.actorId]: encode(caller.actorId),
    [headerNames.traceId]: encode(caller.traceId),
  };
}
