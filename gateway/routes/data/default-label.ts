import { connectors } from '#connectors/registry.ts';
import type { Classification } from '#domain/classification/classification.ts';

/** Label of data from a source of which nothing else is known yet; `undefined` for a source that we don't have. */
export function defaultLabelOf(source: string): Classification | undefined {
  return connectors.find(({ name }) => name === source)?.defaultClassification;
}
