import { describe, expect, it } from 'vitest';
import { impactKinds as known } from '#domain/policy/impact.ts';
import { countWords, impactKinds, kindsIn, personIn, windowWords } from '#web/policies/impact-words.ts';
import { recordedImpact } from '../recorded-policies.ts';

describe('an impact in words', () => {
  it('has a word for every kind that there is', () => {
    expect(impactKinds.toSorted()).toEqual(known.toSorted());
  });

  it('counts people and decisions', () => {
    expect(countWords({ people: 1, decisions: 1 })).toBe('1 person, 1 decision');
    expect(countWords({ people: 2, decisions: 1_200 })).toBe('2 people, 1,200 decisions');
    expect(windowWords(recordedImpact.window)).toBe('1,234 decisions of the last 30 days');
    expect(kindsIn(recordedImpact.summary)).toEqual(['newly_blocked']);
  });

  it('names a person only where the server does', () => {
    const person = { subject: 'sub_1', user_id: 'acme-user', name: 'Uma User', org_unit: 'engineering' };
    expect(personIn(person)).toBe('Uma User (acme-user)');
    expect(personIn({ ...person, name: null })).toBe('acme-user');
    expect(personIn({ ...person, user_id: null, name: null })).toBe('sub_1');
  });
});
