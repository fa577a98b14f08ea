import type { CodedError } from '../error.ts';

/**
 * Whether the effect of a call whose answer was lost was found. `no` means certainly absent; `error` says why the look
 * failed, so that the core can look again when that error passes.
 */
export type Found<Output> =
  | { found: 'yes'; output: Output }
  | { found: 'no' }
  | { found: 'unknown'; error?: CodedError };
