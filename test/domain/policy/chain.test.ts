import { describe, expect, it } from 'vitest';
import { inPositions, scopeCovers, scopeIsAbove } from '#domain/policy/chain.ts';
import { samplePolicy } from '../../support/sample-policy.ts';

const at = (place: string) => samplePolicy('actions', { rules: {}, at: place });
const ada = { orgUnit: 'engineering/web', userId: 'ada' };

describe('which policies speak for a person', () => {
  it.each([
    ['enterprise', true],
    ['org engineering', true],
    ['team engineering/web', true],
    ['team engineering/web/forms', false],
    ['org sales', false],
    ['org engine', false],
    ['user engineering/web', true],
  ])('%s: %s', (place, speaks) => {
    expect(scopeCovers(at(place).scope, ada)).toBe(speaks);
  });

  it('a scope that lacks its unit or its person speaks for nobody', () => {
    expect(scopeCovers({ level: 'org', orgUnit: null, userId: null }, ada)).toBe(false);
    expect(scopeCovers({ level: 'user', orgUnit: null, userId: null }, ada)).toBe(false);
  });
});

describe('which policies stand above another', () => {
  it.each([
    ['enterprise', 'org engineering', true],
    ['org engineering', 'org engineering/web', true],
    ['org engineering', 'team engineering', true],
    ['org engineering', 'user engineering/web', true],
    ['org engineering', 'org engineering', false],
    ['org engineering/web', 'org engineering', false],
    ['team engineering', 'org engineering/web', false],
    ['org sales', 'team engineering', false],
    ['enterprise', 'enterprise', false],
  ])('%s over %s: %s', (above, below, is) => {
    expect(scopeIsAbove(at(above).scope, at(below).scope)).toBe(is);
  });
});

it('positions go from most to least authority, whatever the order they come in', () => {
  const places = [
    'user engineering/web',
    'org engineering/web',
    'enterprise',
    'team engineering',
    'org engineering',
  ];
  const ordered = inPositions(places.map(at)).map((position) => position.map(({ name }) => name.slice(10)));
  expect(ordered).toEqual([
    ['enterprise'],
    ['org engineering'],
    ['org engineering/web'],
    ['team engineering'],
    ['user engineering/web'],
  ]);
});
