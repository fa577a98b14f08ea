import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import { getApproval, postDecision } from '#domain/approval/calls.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import { plainLine } from './terminal-text.ts';
import { approvalText } from './text/approval-text.ts';

interface Deciding {
  id: string;
  decision: 'approve' | 'reject';
  reason?: string;
  /** The digest that the person has read before; without it, what is shown now. */
  digest?: string;
  yes: boolean;
}

/** Shows exactly what is being decided, asks, and binds the vote to what was shown. */
export async function decideApproval(
  { connect, confirm, output }: Context,
  { id, decision, reason, digest, yes }: Deciding,
): Promise<void> {
  const { call } = await connect();
  const seen = await call(getApproval, { params: { id } });
  output.note(approvalText(seen, output.colors));
  if (digest !== undefined && digest !== seen.digest) {
    throw new Failure('failed', 'APPROVAL_DIGEST_MISMATCH', 'What you read is not what would be done now.', {
      detail: { expected: digest, found: seen.digest },
      hint: 'Read it again with `openclaw approvals show`, then decide.',
    });
  }
  const send = () =>
    call(postDecision, {
      params: { id },
      body: { decision, digest: seen.digest, ...(reason === undefined ? {} : { reason }) },
    });
  const done = (view: ApprovalView) =>
    output.result(
      view,
      () => `Approval ${plainLine(view.id)} is ${view.state}.\nRequest ${plainLine(view.request_id)}`,
    );
  // It may be this person's own decision, whose answer was lost: the gateway knows, and decides nothing anew.
  if (seen.state !== 'pending') return done(await send());
  const question = decision === 'approve' ? 'Approve exactly this?' : 'Reject this?';
  if (!(await confirm(question, { yes }))) {
    throw new Failure('failed', 'not_confirmed', 'Nothing was decided.');
  }
  done(await send());
}
