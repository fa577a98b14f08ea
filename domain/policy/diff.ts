import type { Policy } from './policy.ts';

/** A place that only one of two versions has; items of a list end in `[]`. */
interface OneSided {
  /** `rules.connector_overrides.github.permission`, `rules.allowed_connectors[]`. */
  path: string;
  value: unknown;
}

interface BothSided {
  path: string;
  from: unknown;
  to: unknown;
}

export interface PolicyDifference {
  added: OneSided[];
  removed: OneSided[];
  changed: BothSided[];
}

type Content = Pick<Policy, 'name' | 'rules' | 'mayGrant'>;

/** How two versions of a policy differ: name, rules and what levels below may grant. */
export function diffPolicies(from: Content, to: Content): PolicyDifference {
  const difference: PolicyDifference = { added: [], removed: [], changed: [] };
  compare('', contentOf(from), contentOf(to), difference);
  return difference;
}

function contentOf({ name, rules, mayGrant }: Content): Record<string, unknown> {
  return { name, rules, ...(mayGrant === null ? {} : { may_grant: mayGrant }) };
}

function compare(path: string, from: unknown, to: unknown, into: PolicyDifference): void {
  if (isRecord(from) && isRecord(to)) compareKeys(path, from, to, into);
  else if (Array.isArray(from) && Array.isArray(to)) compareLists(path, from, to, into);
  else if (!same(from, to)) into.changed.push({ path, from, to });
}

function compareKeys(
  path: string,
  from: Record<string, unknown>,
  to: Record<string, unknown>,
  into: PolicyDifference,
): void {
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(to, key)) into.removed.push({ path: at, value: from[key] });
    else if (!Object.hasOwn(from, key)) into.added.push({ path: at, value: to[key] });
    else compare(at, from[key], to[key], into);
  }
}

/** Lists in policies are sets: what people want to know is what was added and removed. */
function compareLists(
  path: string,
  from: readonly unknown[],
  to: readonly unknown[],
  into: PolicyDifference,
): void {
  const lacks = (list: readonly unknown[], item: unknown) => !list.some((other) => same(other, item));
  into.removed.push(...from.filter((item) => lacks(to, item)).map((value) => ({ path: `${path}[]`, value })));
  into.added.push(...to.filter((item) => lacks(from, item)).map((value) => ({ path: `${path}[]`, value })));
}

function same(one: unknown, other: unknown): boolean {
  if (!isRecord(one) && !Array.isArray(one)) return Object.is(one, other);
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).toSorted();
  return keys.map((key) => [key, ordered(value[key])]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
