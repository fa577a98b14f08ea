import { everywhere, type PointValue, pointKey, type Statement, type Strictness } from './statement.ts';

/** One field of a merged policy: which way is stricter, and what one level's rules say about it. */
export interface PolicyField<Rules> extends Strictness {
  /** Name in the merged policy, as the Rego reads it. */
  name: string;
  /** What a value beyond the level above does, as its error puts it (spec/enterprise.md §1.3). */
  beyond: 'would expand beyond' | 'cannot enable' | 'exceeds' | 'is less restrictive than';
  /** `topmost`: no level above speaks, so that a missing value has to mean something. */
  state(rules: Rules, position: { topmost: boolean }): Statement;
  /** Where the point is in the rules, for messages; `undefined` when it needn't be checked on writing. */
  where(key: string): string | undefined;
  /** Points that only the enterprise's policies state: what a level below says there is refused, and has no effect. */
  enterpriseOnly?(key: string): boolean;
}

interface Kind<Rules, Value> extends Strictness {
  name: string;
  beyond: PolicyField<Rules>['beyond'];
  read: (rules: Rules) => Value | undefined;
  /** The value when the topmost policy leaves it out; absent = no limit. */
  unsaid?: Value;
}

/** A field with one value: a switch, a number, a word. */
function single<Rules, Value extends PointValue>({
  read,
  unsaid,
  ...field
}: Kind<Rules, Value>): PolicyField<Rules> {
  return {
    ...field,
    state(rules, { topmost }) {
      const value = read(rules) ?? (topmost ? unsaid : undefined);
      return new Map(value === undefined ? [] : [[everywhere, value]]);
    },
    where: () => field.name,
  };
}

type Given<Rules, Value> = Pick<Kind<Rules, Value>, 'read' | 'unsaid'>;

/** A switch that allows: every level above has to allow it too. */
export function allowSwitch<Rules>(name: string, given: Given<Rules, boolean>): PolicyField<Rules> {
  return single({ name, direction: 'grant', beyond: 'cannot enable', ...given });
}

/** A switch that obliges: one level that sets it is enough. */
export function duty<Rules>(name: string, given: Given<Rules, boolean>): PolicyField<Rules> {
  return single({ name, direction: 'obligation', beyond: 'is less restrictive than', ...given });
}

export function ceiling<Rules>(name: string, given: Given<Rules, number>): PolicyField<Rules> {
  return single({ name, direction: 'ceiling', beyond: 'exceeds', ...given });
}

export function floor<Rules>(name: string, given: Given<Rules, number>): PolicyField<Rules> {
  return single({ name, direction: 'floor', beyond: 'is less restrictive than', ...given });
}

/** One of several words; `order` is loosest first. */
export function word<Rules>(
  name: string,
  { order, ...given }: Given<Rules, string> & { order: readonly string[] },
): PolicyField<Rules> {
  return single({ name, direction: 'vocabulary', order, beyond: 'is less restrictive than', ...given });
}

/**
 * A list of what is allowed; anything not on it isn't. Names may contain dots here: each is a whole group, `gpt-5.1.*`,
 * and the last dot separates a group from its name.
 */
export function allowList<Rules>(
  name: string,
  {
    read,
    unsaid,
  }: { read: (rules: Rules) => readonly string[] | undefined; unsaid: 'all' | readonly string[] },
): PolicyField<Rules> {
  return {
    name,
    direction: 'grant',
    beyond: 'would expand beyond',
    state(rules, { topmost }) {
      const said = read(rules) ?? (topmost ? unsaid : undefined);
      if (said === undefined) return new Map();
      if (said === 'all') return new Map([[everywhere, true]]);
      return new Map<string, PointValue>([
        [everywhere, false],
        ...said.map((item) => [pointKey(item), true] as const),
      ]);
    },
    where: (key) => (key === everywhere ? undefined : `${name}: ${groupOf(key)}`),
  };
}

/** A list of what is forbidden; every level can add to it and none can remove. */
export function blockList<Rules>(
  name: string,
  read: (rules: Rules) => readonly string[] | undefined,
): PolicyField<Rules> {
  return {
    name,
    direction: 'block list',
    beyond: 'is less restrictive than',
    state: (rules) => new Map((read(rules) ?? []).map((item) => [pointKey(item), true])),
    where: (key) => `${name}: ${groupOf(key)}`,
  };
}

/** The same field, stated by the enterprise's policies alone. */
export function enterpriseOnly<Rules>(field: PolicyField<Rules>): PolicyField<Rules> {
  return { ...field, enterpriseOnly: () => true };
}

export function groupOf(key: string): string {
  return key.slice(0, key.lastIndexOf('.'));
}

export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}
