import { type Classification, classifications } from './classification.ts';

/** A value with its label; the label can't be had without the value that it belongs to. */
export interface Labelled<Value> {
  readonly value: Value;
  readonly classification: Classification;
}

/**
 * The label of whatever is made of these (spec/enterprise.md §1.5): the highest of all of them, so that nothing is
 * declassified by transformation. Made of nothing, it counts as `restricted`.
 */
export function labelOf(sources: readonly { classification: Classification }[]): Classification {
  if (sources.length === 0) return 'restricted';
  const rank = Math.max(...sources.map(({ classification }) => classifications.indexOf(classification)));
  return classifications[rank] ?? 'restricted';
}
