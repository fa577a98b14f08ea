import type { ActionFacts } from '#domain/action/action.ts';
import type { Found } from '#domain/action/found.ts';
import type { Permit } from '#domain/action/permit.ts';
import type { AuditKey, DataTouched } from '#domain/audit/audit.ts';

/**
 * An action as governance sees it: parsed input in, checked output out, nothing vendor-specific. The registry of
 * connectors is passed in (architecture §3).
 */
export interface RegisteredAction {
  facts: ActionFacts;
  event: AuditKey;
  /** Ids of its source's items that differ only in upper and lower case are one. */
  ignoresCase?: boolean | undefined;
  dataTouched(input: unknown, output: unknown): readonly DataTouched[];
  /** The part of an output that is one touched item; without it, all of input and output counts for each. */
  contentOf?: ((output: unknown, itemId: string) => unknown) | undefined;
  /** Throws `ProviderError`. */
  run(permit: Permit, input: unknown, signal: AbortSignal): Promise<unknown>;
  /** Only for writes: looks whether the effect of the permit's run id already exists. */
  find(permit: Permit, input: unknown, signal: AbortSignal): Promise<FoundEffect>;
}

export type FoundEffect = Found<unknown>;
