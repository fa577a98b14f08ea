import { z } from 'zod';

const milliseconds = z.int().min(0).max(600_000);
const bytes = z.int().min(0);

/** Does the provider get the call, although the caller sees a failure? */
const reaches = z.boolean().default(false);

/** What can go wrong between us and a provider (reliability.md F3, F13, F14). */
export const faultKind = z.discriminatedUnion('kind', [
  /** The provider acts, then the connection is reset instead of an answer. */
  z.strictObject({ kind: z.literal('drop_answer') }),
  /** The connection is reset, and nothing reaches the provider. */
  z.strictObject({ kind: z.literal('reset') }),
  /** The provider acts, its answer comes after `ms`. */
  z.strictObject({ kind: z.literal('delay_answer'), ms: milliseconds }),
  /** The provider acts, its answer breaks off after `bytes` of the body: the connection is closed. */
  z.strictObject({ kind: z.literal('cut_answer'), bytes }),
  /** The provider acts; the answer looks complete and holds only the first `bytes` of the JSON. */
  z.strictObject({ kind: z.literal('truncate_json'), bytes }),
  /** A body that never ends, `chunk` bytes every `ms`: 1 byte a second, or a flood. */
  z.strictObject({ kind: z.literal('endless_body'), chunk: z.int().min(1), ms: milliseconds, reaches }),
  /**
   * The request is on its way for `ms` and then reaches the provider, even if nobody waits any more. `cut` closes the
   * caller's connection at once; else it stays open until the caller gives up.
   */
  z.strictObject({ kind: z.literal('deliver_late'), ms: milliseconds, cut: z.boolean() }),
  /** An answer other than the provider's: 429, 5xx, 401, a login page with 200. */
  z.strictObject({
    kind: z.literal('answer'),
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().default(''),
    reaches,
  }),
  /**
   * Pauses the call until it is released: before it reaches the provider, or after the provider acted and before its
   * answer.
   */
  z.strictObject({ kind: z.literal('pause'), at: z.enum(['before_provider', 'before_answer']) }),
]);

export const faultRequest = z.strictObject({
  /** Absent = any method. */
  method: z.string().toUpperCase().optional(),
  /** Regular expression for the path without its query; absent = any path. */
  path: z.string().refine(isPattern, 'not a regular expression').optional(),
  /** How many calls it hits; `null` = until cleared. */
  times: z.int().min(1).nullable().default(1),
  fault: faultKind,
});

export type FaultRequest = z.input<typeof faultRequest>;

export interface ActiveFault extends z.output<typeof faultRequest> {
  id: string;
}

export interface FaultTable {
  set(request: z.output<typeof faultRequest>): ActiveFault;
  clear(): void;
  list(): readonly ActiveFault[];
  /** Returns the oldest fault that applies, and uses it up once. */
  take(method: string, path: string): ActiveFault | undefined;
}

export function createFaultTable(): FaultTable {
  let faults: readonly ActiveFault[] = [];
  let made = 0;
  return {
    set(request) {
      made += 1;
      const fault = { ...request, id: `fault-${made}` };
      faults = [...faults, fault];
      return fault;
    },
    clear() {
      faults = [];
    },
    list: () => faults,
    take(method, path) {
      const fitting = faults.find((fault) => fits(fault, method, path));
      if (fitting === undefined || fitting.times === null) return fitting;
      const left = fitting.times - 1;
      faults = faults.flatMap((fault) => {
        if (fault !== fitting) return [fault];
        return left === 0 ? [] : [{ ...fault, times: left }];
      });
      return fitting;
    },
  };
}

function fits(fault: ActiveFault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  return fault.path === undefined || new RegExp(fault.path).test(path);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
