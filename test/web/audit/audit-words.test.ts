import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actionTypes } from '#domain/audit/action-type.ts';
import { auditKeys, auditOutcomes } from '#domain/audit/audit.ts';
import { verdicts } from '#domain/policy/verdict.ts';
import { sourceTitleOf } from '#gateway/routes/audit/audit-entry-view.ts';
import { actionTypeOptions, eventWords, outcomeOptions, verdictOptions } from '#web/audit/audit-words.ts';
import { localMoment, momentIn } from '#web/audit/moments.ts';

const valuesOf = (options: readonly (readonly [string, string])[]) => options.map(([value]) => value);

describe('the audit log in words', () => {
  it('turns every event into a phrase', () => {
    const wordsOf = (event: string) => eventWords({ event, source_title: sourceTitleOf(event) });
    expect(wordsOf('github.issue_commented')).toBe('GitHub: issue commented');
    expect(wordsOf('user_data.erased')).toBe('User data: erased');
    expect(auditKeys().length).toBeGreaterThan(40);
    for (const key of auditKeys()) expect(wordsOf(key)).toMatch(/^[A-Z][A-Za-z ]+: [a-z ]+$/);
  });

  it('filters by every value that there is, and by none', () => {
    expect(valuesOf(outcomeOptions).toSorted()).toEqual(['', ...auditOutcomes].toSorted());
    expect(valuesOf(actionTypeOptions).toSorted()).toEqual(['', ...actionTypes].toSorted());
    expect(valuesOf(verdictOptions).toSorted()).toEqual(['', ...verdicts].toSorted());
  });
});

describe('a moment of a filter', () => {
  beforeEach(() => void vi.stubEnv('TZ', 'America/New_York'));
  afterEach(() => void vi.unstubAllEnvs());

  it('is local in its field and UTC in the address', () => {
    const local = '2026-01-10T09:30';
    expect(momentIn(local)).toBe('2026-01-10T14:30:00.000Z');
    expect(localMoment(momentIn(local))).toBe(local);
    expect(localMoment(momentIn('2026-07-10T00:05'))).toBe('2026-07-10T00:05');
  });

  it('is none where nothing is typed, or half of it', () => {
    expect(momentIn('')).toBe('');
    expect(momentIn('2026-13')).toBe('');
    expect(localMoment(undefined)).toBe('');
  });
});
