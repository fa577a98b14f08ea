import type { CodedError } from '../error.ts';

/**
 * What was found of an effect whose answer got lost. `no` means surely absent; `error` says why the look failed,
 * so that the core can look again later when that error passes.
 */
export type Found<Output> =
  | { found: 'yes'; output: Output }
  | { found: 'no' }
  | { found: 'unknown'; error?: CodedError };
