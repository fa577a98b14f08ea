import { describe, expect, it } from 'vitest';
import { Failure } from '#web/api/failure.ts';
import { type Session, sessionAfter } from '#web/session/session.ts';
import { recordedLead, recordedUser } from '../recorded.ts';

const signedIn: Session = { kind: 'signed_in', who: recordedUser };
const failed = (status: number) =>
  ({ kind: 'failed', failure: new Failure({ status, code: 'x', message: 'x' }) }) as const;

describe('the session', () => {
  it('is there once the API says who it is', () => {
    expect(sessionAfter({ kind: 'loading' }, { kind: 'known', who: recordedUser })).toEqual(signedIn);
  });

  it('that ends while the page is open leaves the page as it is', () => {
    const expired = sessionAfter(signedIn, { kind: 'ended' });
    expect(expired).toEqual({ kind: 'expired', who: recordedUser });
    expect(sessionAfter(expired, { kind: 'ended' })).toEqual(expired);
    expect(sessionAfter(expired, { kind: 'known', who: recordedUser })).toEqual(signedIn);
  });

  it('of somebody else leaves the page as it is, until it is theirs or its own person is back', () => {
    for (const before of [signedIn, sessionAfter(signedIn, { kind: 'ended' })]) {
      const changed = sessionAfter(before, { kind: 'known', who: recordedLead });
      expect(changed).toEqual({ kind: 'changed', who: recordedUser, other: recordedLead });
      expect(sessionAfter(changed, { kind: 'taken_over' })).toEqual({ kind: 'signed_in', who: recordedLead });
      expect(sessionAfter(changed, { kind: 'known', who: recordedUser })).toEqual(signedIn);
      expect(sessionAfter(changed, { kind: 'ended' })).toEqual({ kind: 'expired', who: recordedUser });
    }
    expect(sessionAfter(signedIn, { kind: 'taken_over' })).toEqual(signedIn);
  });

  it('is another person’s in another tenant, and the same person’s when they sign in again', () => {
    const elsewhere = { ...recordedUser, tenantId: 'globex' };
    expect(sessionAfter(signedIn, { kind: 'known', who: elsewhere }).kind).toBe('changed');
    const again = { ...recordedUser, sessionId: 'ses_again' };
    expect(sessionAfter(signedIn, { kind: 'known', who: again })).toEqual({ kind: 'signed_in', who: again });
  });

  it('that never was is a sign-in page, and the failed call behind it says no more', () => {
    const ended = sessionAfter({ kind: 'loading' }, { kind: 'ended' });
    expect(ended).toEqual({ kind: 'signed_out' });
    expect(sessionAfter(ended, failed(401))).toEqual({ kind: 'signed_out' });
  });

  it('without a role is refused', () => {
    expect(sessionAfter({ kind: 'loading' }, failed(403)).kind).toBe('refused');
  });

  it('is not lost because the server was away for a moment', () => {
    expect(sessionAfter(signedIn, failed(503))).toEqual(signedIn);
    expect(sessionAfter({ kind: 'loading' }, failed(0)).kind).toBe('unreachable');
  });

  it('ends for good at sign-out', () => {
    expect(sessionAfter(signedIn, { kind: 'signed_out' })).toEqual({ kind: 'signed_out' });
  });
});
