import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPolicies } from '#domain/policy/diff.ts';

const nothing = { added: [], removed: [], changed: [] };
const of = (rules: Record<string, unknown>, mayGrant: Record<string, unknown> | null = null, name = 'n') => ({
  name,
  rules,
  mayGrant,
});

describe('the difference of two versions', () => {
  it('is nothing for the same content, in whatever order it stands', () => {
    const one = of({ a: { x: 1, y: ['p', 'q'] }, b: true });
    const other = of({ b: true, a: { y: ['q', 'p'], x: 1 } });
    expect(diffPolicies(one, other)).toEqual(nothing);
  });

  it('names each place with its values', () => {
    const from = of({ connectors: ['a', 'b'], gone: 1, deep: { level: { x: 'one' } } }, null, 'old');
    const to = of({ connectors: ['b', 'c'], deep: { level: { x: 'two', y: 2 } } }, { ceiling: true }, 'new');
    expect(diffPolicies(from, to)).toEqual({
      added: [
        { path: 'rules.connectors[]', value: 'c' },
        { path: 'rules.deep.level.y', value: 2 },
        { path: 'may_grant', value: { ceiling: true } },
      ],
      removed: [
        { path: 'rules.connectors[]', value: 'a' },
        { path: 'rules.gone', value: 1 },
      ],
      changed: [
        { path: 'name', from: 'old', to: 'new' },
        { path: 'rules.deep.level.x', from: 'one', to: 'two' },
      ],
    });
  });

  it('takes a value of another kind as changed', () => {
    expect(diffPolicies(of({ a: ['x'] }), of({ a: { x: 1 } })).changed).toEqual([
      { path: 'rules.a', from: ['x'], to: { x: 1 } },
    ]);
  });

  it('mirrors when the versions change places, and is empty only for equal ones', () => {
    const value = fc.oneof(fc.boolean(), fc.integer(), fc.string(), fc.uniqueArray(fc.string()));
    const rules = fc.dictionary(fc.string(), fc.oneof(value, fc.dictionary(fc.string(), value)));
    fc.assert(
      fc.property(rules, rules, (a, b) => {
        const there = diffPolicies(of(a), of(b));
        const back = diffPolicies(of(b), of(a));
        expect(new Set(back.added.map(({ path }) => path))).toEqual(
          new Set(there.removed.map(({ path }) => path)),
        );
        expect(back.changed.length).toBe(there.changed.length);
        expect(diffPolicies(of(a), of(structuredClone(a)))).toEqual(nothing);
      }),
    );
  });
});
