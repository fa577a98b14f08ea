/** A value at one point of a policy; the direction of its field says which of two values is stricter. */
export type PointValue = string | number | boolean;

/**
 * What one level says, point by point: `github.comment_issue` wins over `github.*`, and that over `*`. On a point that
 * none of the three matches, the level is silent.
 */
export type Statement = ReadonlyMap<string, PointValue>;

/** Which way is stricter (spec/decisions.md 25). */
type Direction = 'grant' | 'block list' | 'obligation' | 'ceiling' | 'floor' | 'vocabulary';

export interface Strictness {
  direction: Direction;
  /** Vocabularies only: the words, loosest first. */
  order?: readonly string[];
}

/** The key of one point; without `name`, of the whole group. Neither may contain a dot. */
export function pointKey(group: string, name = '*'): string {
  return `${group}.${name}`;
}

/** The point that stands for everything not named. */
export const everywhere = '*';

/** The value at a point, by the nearest name; `undefined` where the level is silent. */
export function valueAt<Value>(statement: ReadonlyMap<string, Value>, key: string): Value | undefined {
  const dot = key.lastIndexOf('.');
  const group = dot < 0 ? everywhere : `${key.slice(0, dot)}.*`;
  return statement.get(key) ?? statement.get(group) ?? statement.get(everywhere);
}

/** How strict a value is, higher is stricter; a value that does not fit its field is the strictest of all. */
export function strictnessOf({ direction, order = [] }: Strictness, value: PointValue): number {
  switch (direction) {
    case 'grant':
      return typeof value === 'boolean' ? Number(!value) : Number.POSITIVE_INFINITY;
    case 'block list':
    case 'obligation':
      return typeof value === 'boolean' ? Number(value) : Number.POSITIVE_INFINITY;
    case 'ceiling':
      return typeof value === 'number' && !Number.isNaN(value) ? -value : Number.POSITIVE_INFINITY;
    case 'floor':
      return typeof value === 'number' && !Number.isNaN(value) ? value : Number.POSITIVE_INFINITY;
    case 'vocabulary': {
      const place = order.findIndex((word) => word === value);
      return place < 0 ? Number.POSITIVE_INFINITY : place;
    }
  }
}
