import { describe, expect, it } from 'vitest';
import { mayGoAhead } from '#web/policies/may-go-ahead.ts';
import { canaryWords, standingWords } from '#web/policies/policy-words.ts';
import { recordedDraft, recordedEarlier, recordedPolicy } from '../recorded-policies.ts';

describe('a version for a few people first', () => {
  it('is a draft that is none yet, of a policy for more than one person', () => {
    expect(mayGoAhead(recordedDraft)).toBe(true);
    expect(mayGoAhead({ ...recordedDraft, canary: { users: 1 } })).toBe(false);
    expect(mayGoAhead(recordedPolicy)).toBe(false);
    expect(mayGoAhead(recordedEarlier)).toBe(false);
    const scope = { level: 'user', org_unit: null, user_id: 'acme-user' } as const;
    expect(mayGoAhead({ ...recordedDraft, scope })).toBe(false);
  });

  it('is said to be one', () => {
    expect(canaryWords({ users: 1 })).toBe('One person has it first');
    expect(standingWords({ ...recordedDraft, canary: { users: 12 } })).toBe('12 people have it first');
    expect(standingWords(recordedDraft)).toBe('Draft');
  });
});
