import { describe, expect, it } from 'vitest';
import { CodedError, errorCatalogue, errorFacts, isErrorCode, ProviderError } from '#domain/error.ts';

describe('the error catalogue', () => {
  it.each(Object.entries(errorCatalogue))('%s has a status and words for people', (code, facts) => {
    expect(facts.http).toBeGreaterThanOrEqual(400);
    expect(facts.http).toBeLessThan(600);
    expect(facts.text).toMatch(/^[A-Z].*\.$/);
    expect(isErrorCode(code)).toBe(true);
  });

  it.each(['', 'toString', '__proto__', 'policy_denied'])('does not know %j', (text) => {
    expect(isErrorCode(text)).toBe(false);
  });

  it('calls retryable what is away, and never what was refused', () => {
    expect(errorFacts('AUDIT_WRITE_FAILED').retryable).toBe(true);
    expect(errorFacts('api_unreachable').retryable).toBe(true);
    for (const code of ['POLICY_DENIED', 'TENANT_MISMATCH', 'APPROVAL_STALE', 'OUTCOME_UNKNOWN'] as const) {
      expect(errorFacts(code).retryable).toBe(false);
    }
  });
});

describe('a coded error', () => {
  it("takes the catalogue's words unless it is given better ones", () => {
    expect(new CodedError('POLICY_DENIED').message).toBe(errorFacts('POLICY_DENIED').text);
    const exact = new CodedError('POLICY_DENIED', { message: 'Blocked.', detail: 1, retryAfterMs: 5 });
    expect(exact).toMatchObject({ message: 'Blocked.', code: 'POLICY_DENIED', detail: 1, retryAfterMs: 5 });
  });

  it('keeps its cause to itself when it is written out', () => {
    const error = new CodedError('INTERNAL', { cause: new Error('password=1234') });
    expect(JSON.stringify(error)).not.toContain('1234');
    expect(error.message).not.toContain('1234');
  });

  it('of a provider says whether the effect may have happened', () => {
    const error = new ProviderError('api_unreachable', 'unknown');
    expect(error).toBeInstanceOf(CodedError);
    expect(error.happened).toBe('unknown');
  });
});
