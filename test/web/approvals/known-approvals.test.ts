import { describe, expect, it } from 'vitest';
import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import { closed, newcomers, rowKey, toDecide, withApproval } from '#web/approvals/known-approvals.ts';
import { recordedApproval } from '../recorded.ts';

function approval(id: string, change: Partial<ApprovalView> = {}): ApprovalView {
  return { ...recordedApproval, id, ...change };
}

describe('known approvals', () => {
  it('put first what runs out first', () => {
    const late = approval('late', { expires_at: '2026-02-09T00:00:00.000Z' });
    const soon = approval('soon', { expires_at: '2026-02-02T00:00:00.000Z' });
    expect(toDecide([late, soon])).toEqual([soon, late]);
  });

  it('offer nothing for decision that is closed or not this person’s to decide', () => {
    expect(toDecide([approval('a', { state: 'approved' }), approval('b', { may_decide: false })])).toEqual(
      [],
    );
  });

  it('close with the newest first, and without a person’s own', () => {
    const first = approval('first', { state: 'rejected', decided_at: '2026-01-01T00:00:00.000Z' });
    const second = approval('second', { state: 'approved', decided_at: '2026-01-02T00:00:00.000Z' });
    const own = { ...second, requester: { ...recordedApproval.requester, user_id: 'acme-lead' } };
    expect(closed([first, second, own, approval('waits')], 'acme-lead')).toEqual([second, first]);
  });

  it('replace the one that was decided', () => {
    const now = approval('a', { state: 'approved' });
    expect(withApproval([approval('a'), approval('b')], now).map((one) => one.state)).toEqual([
      'approved',
      'pending',
    ]);
  });

  it('tell newcomers, and a second round is one', () => {
    const before = [approval('a'), approval('b')];
    const second = approval('a', { round: 2, digest: 'f'.repeat(64) });
    expect(
      newcomers(before, [second, approval('b'), approval('c'), approval('d', { may_decide: false })]),
    ).toEqual([second, approval('c')]);
    expect(rowKey(second)).not.toBe(rowKey(approval('a')));
  });
});
