import { describe, expect, it, onTestFinished } from 'vitest';
import { getApproval, listApprovals, postDecision } from '#domain/approval/calls.ts';
import { approvalId, digest, pending, refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

type Replies = Parameters<typeof startRecordedGateway>[0];

const show = on(getApproval, { id: approvalId });
const decision = on(postDecision, { id: approvalId });

async function approvals(words: string[], replies: Replies) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return { ...(await openclaw(['approvals', ...words], options)), calls: gateway.calls };
}

describe('openclaw approvals', () => {
  it('lists who asks for what and whether it is yours to decide', async () => {
    const { stdout, calls } = await approvals(['list', '--state', 'pending'], {
      [on(listApprovals)]: { body: { approvals: [pending] } },
    });
    expect(stdout).toContain(`${approvalId}  pending  yes`);
    expect(stdout).toContain('user@acme.test  Comment on a GitHub issue: acme/website#7');
    expect(calls[0]?.query).toEqual({ state: 'pending' });
  });

  it('shows who, what exactly, why, by which policy, and the digest', async () => {
    const { code, stdout } = await approvals(['show', approvalId], {
      [show]: { body: { ...pending, preview: 'Fixed in 2.1\u202e\nsecond\u001b[8m line' } },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Asked by: +Uma User, user@acme\.test, engineering\/web/);
    expect(stdout).toMatch(/Why: +Comments on issues need an approval\./);
    expect(stdout).toMatch(/Policy: +pol_acme@1/);
    expect(stdout).toContain(digest);
    expect(stdout).toContain('  | Fixed in 2.1\\u202e\n  | second\\u001b[8m line\n');
  });

  it('shows why people are asked once more, and what is waited for', async () => {
    const asked_again = { code: 'named_time', message: 'The provider named a time.' } as const;
    const waits = {
      until: '2026-11-21T12:17:00.000Z',
      to: 'send',
      error: 'api_rate_limited',
      message: 'No call before 12:17 UTC.',
    } as const;
    const { stdout } = await approvals(['show', approvalId], {
      [show]: { body: { ...pending, round: 2, asked_again, waits } },
    });
    expect(stdout).toMatch(/Asked anew: +The provider named a time\./);
    expect(stdout).toMatch(/Waits: +No call before 12:17 UTC\./);
  });

  it('approves exactly what it showed', async () => {
    const { code, stdout, stderr, calls } = await approvals(['approve', approvalId, '--yes'], {
      [show]: { body: pending },
      [decision]: { body: { ...pending, state: 'approved' } },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('  | Fixed in 2.1');
    expect(stdout).toContain(`Approval ${approvalId} is approved.`);
    expect(calls[1]?.body).toEqual({ decision: 'approve', digest });
  });

  it('rejects with a reason, and not without one', async () => {
    const replies = { [show]: { body: pending }, [decision]: { body: { ...pending, state: 'rejected' } } };
    const done = await approvals(
      ['reject', approvalId, '--yes', '--reason', 'Not true yet.', '--json'],
      replies,
    );
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.json()).toMatchObject({ state: 'rejected' });
    expect(done.calls[1]?.body).toEqual({ decision: 'reject', digest, reason: 'Not true yet.' });
    const unsaid = await approvals(['reject', approvalId, '--yes'], replies);
    expect(unsaid).toMatchObject({ code: 2 });
    expect(unsaid.stderr).toContain('--reason');
    expect(unsaid.calls).toEqual([]);
  });

  it.each([[[]], [['--json']]])('decides nothing when there is nobody to ask %j', async (words) => {
    const { code, stderr, calls } = await approvals(['approve', approvalId, ...words], {
      [show]: { body: pending },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(calls).toHaveLength(1);
  });

  it('decides nothing when it is no longer what the person has read', async () => {
    const words = ['approve', approvalId, '--yes', '--digest', 'cd'.repeat(32)];
    const { code, stderr, calls } = await approvals(words, { [show]: { body: pending } });
    expect(code).toBe(1);
    expect(stderr).toContain('not what would be done now');
    expect(calls).toHaveLength(1);
  });

  it.each(['approve', 'reject'])(
    'asks the gateway whether what is decided already was their own word, and asks nobody else: %s',
    async (word) => {
      const consumed = { ...pending, state: 'consumed' } as const;
      const words = [word, approvalId, '--reason', 'Checked.'];
      const own = await approvals(words, { [show]: { body: consumed }, [decision]: { body: consumed } });
      expect(own).toMatchObject({ code: 0 });
      expect(own.stdout).toContain('is consumed.');
      expect(own.calls[1]?.body).toEqual({ decision: word, digest, reason: 'Checked.' });
      const anothers = await approvals(words, {
        [show]: { body: consumed },
        [decision]: refusal(409, 'APPROVAL_NOT_PENDING', 'This approval has been decided already.'),
      });
      expect(anothers).toMatchObject({ code: 1, stdout: '' });
      expect(anothers.stderr).toContain('has been decided already');
    },
  );

  it.each([
    [refusal(403, 'APPROVAL_OWN_REQUEST', 'Nobody decides their own request.'), 4],
    [refusal(409, 'APPROVAL_NOT_PENDING', 'This approval has been decided already.'), 1],
    [refusal(503, 'TEMPORAL_UNAVAILABLE', 'The workflow engine cannot be reached.'), 5],
  ])('passes the refusal %# on', async (reply, code) => {
    const ended = await approvals(['approve', approvalId, '--yes'], {
      [show]: { body: pending },
      [decision]: reply,
    });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(reply.body.message);
  });
});
