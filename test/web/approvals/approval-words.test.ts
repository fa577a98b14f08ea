import { describe, expect, it } from 'vitest';
import { approvalStates } from '#domain/approval/approval.ts';
import { approvalSentence, approvalWords, personWords, shortDigest } from '#web/approvals/approval-words.ts';

const approvers = { role: 'team_lead', org_unit: 'engineering/web' } as const;

describe('words of approvals', () => {
  it('differ from state to state', () => {
    expect(new Set(approvalStates.map((state) => approvalWords(state).word)).size).toBe(
      approvalStates.length,
    );
  });

  it('say who may decide while it waits', () => {
    expect(approvalSentence({ state: 'pending', approvers, decided_by: null, decision_reason: null })).toBe(
      'Waits for a team lead or above who is responsible for engineering/web.',
    );
  });

  it('say who decided and why', () => {
    const decided_by = { user_id: 'acme-lead', email: 'lead@acme.test' };
    expect(
      approvalSentence({ state: 'rejected', approvers, decided_by, decision_reason: 'Not in 2.1' }),
    ).toBe('Rejected by lead@acme.test: Not in 2.1');
    expect(approvalSentence({ state: 'consumed', approvers, decided_by, decision_reason: null })).toBe(
      'Approved by lead@acme.test.',
    );
  });

  it.each(['expired', 'stale'] as const)(
    'say of %s that nothing was done, whoever had approved it',
    (state) => {
      const decided_by = { user_id: 'acme-lead', email: 'lead@acme.test' };
      const sentence = approvalSentence({ state, approvers, decided_by, decision_reason: 'Go' });
      expect(sentence).toMatch(/nothing was done/);
      expect(sentence).not.toMatch(/lead|Go/);
    },
  );

  it('call a person by what is known', () => {
    expect(personWords({ user_id: 'acme-user', email: null })).toBe('acme-user');
    expect(personWords({ user_id: 'acme-user', email: 'user@acme.test', name: 'Uma' })).toBe(
      'Uma (user@acme.test)',
    );
  });

  it('shorten a digest and nothing that is short', () => {
    expect(shortDigest('0123456789abcdef'.repeat(4))).toBe('0123456789ab…');
    expect(shortDigest('0123456789ab')).toBe('0123456789ab');
  });
});
