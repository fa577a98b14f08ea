import { type Classification, highestClassification } from './classification.ts';

/** What is made of other data, and inherits the highest label of its sources (spec/enterprise.md §1.5). */
export const derivedKinds = ['request', 'summary', 'cache', 'export', 'reply', 'exchange'] as const;

export type DerivedKind = (typeof derivedKinds)[number];

/** A value with its label; the label can't be had without the value that it belongs to. */
export interface Labelled<Value> {
  readonly value: Value;
  readonly classification: Classification;
}

export interface Derived<Value> extends Labelled<Value> {
  readonly kind: DerivedKind;
}

/**
 * Makes something of labelled data. Whatever `make` does to the values, the result carries the highest label of all of
 * them: there is no declassification by transformation. Made of nothing, it counts as `restricted`.
 */
export function derive<Source, Value>(
  kind: DerivedKind,
  sources: readonly Labelled<Source>[],
  make: (values: readonly Source[]) => Value,
): Derived<Value> {
  return {
    kind,
    value: make(sources.map(({ value }) => value)),
    classification: labelOf(sources),
  };
}

/** The label of something that is made of these. */
export function labelOf(sources: readonly { classification: Classification }[]): Classification {
  return highestClassification(sources.map(({ classification }) => classification));
}
