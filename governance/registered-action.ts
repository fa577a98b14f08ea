import type { ActionFacts } from '#domain/action/action.ts';
import type { Found } from '#domain/action/found.ts';
import type { Permit } from '#domain/action/permit.ts';
import type { AuditKey, DataTouched } from '#domain/audit/audit.ts';

/**
 * An action as governance sees it: parsed input in, checked output out, nothing of the vendor's.
 * The registry of connectors is handed in at construction (architecture §3).
 */
export interface RegisteredAction {
  facts: ActionFacts;
  event: AuditKey;
  /** Ids of its source's items that differ only in upper and lower case are one. */
  ignoresCase?: boolean | undefined;
  dataTouched(input: unknown, output: unknown): readonly DataTouched[];
  /** The part of an output that is one touched item; without it, input and output as a whole speak for each. */
  contentOf?: ((output: unknown, itemId: string) => unknown) | undefined;
  /** Throws `ProviderError`. */
  run(permit: Permit, input: unknown, signal: AbortSignal): Promise<unknown>;
  /** Writes only: looks whether the effect of the permit's run id is there already. */
  find(permit: Permit, input: unknown, signal: AbortSignal): Promise<FoundEffect>;
}

export type FoundEffect = Found<unknown>;
