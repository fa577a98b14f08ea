import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { Output } from '../output.ts';
import { exactText, plainLine } from '../terminal-text.ts';
import { textTable } from './table.ts';

/** Who asks for what exactly, why it needs a person, and what a decision is bound to. */
export function approvalText(view: ApprovalView, colors: Output['colors']): string {
  const { requester, approvers, decided_by: decidedBy } = view;
  const who = [requester.name, requester.email].filter((text) => text !== null).join(', ');
  const facts: [string, string][] = [
    ['Approval', `${view.id} (${view.state})`],
    ['Request', view.request_id],
    ['Asked by', `${who || requester.user_id}, ${requester.org_unit}`],
    ['Action', `${view.title} (${view.action})`],
    ['Target', view.target],
    ['Why', view.reason],
    ['Policy', view.policy_applied],
    ['Digest', view.digest],
    ['May decide', `${approvers.role} or above, for ${approvers.org_unit}`],
    ['Expires', view.expires_at],
  ];
  if (view.asked_again !== null) facts.push(['Asked anew', view.asked_again.message]);
  if (view.waits !== null) facts.push(['Waits', view.waits.message]);
  if (decidedBy)
    facts.push(['Decision', `${view.decided_at ?? ''} by ${decidedBy.email ?? decidedBy.user_id}`]);
  if (view.decision_reason !== null) facts.push(['Reason', view.decision_reason]);
  const lines = facts.map(([label, text]) => `${colors.dim(`${label}:`.padEnd(12))}${plainLine(text)}`);
  const preview = exactText(view.preview)
    .split('\n')
    .map((line) => `  | ${line}`);
  return [...lines, colors.dim('Exactly this would be sent:'), ...preview].join('\n');
}

/** One line per approval. */
export function approvalListText(approvals: readonly ApprovalView[], width: number | undefined): string {
  if (approvals.length === 0) return 'There are no approvals for you to see.';
  const rows = approvals.map((one) => [
    one.id,
    one.state,
    one.may_decide ? 'yes' : 'no',
    one.expires_at,
    one.requester.email ?? one.requester.user_id,
    `${one.title}: ${one.target}`,
  ]);
  return textTable({
    head: ['ID', 'STATE', 'YOURS TO DECIDE', 'EXPIRES', 'ASKED BY', 'ACTION'],
    rows,
    width,
  });
}
