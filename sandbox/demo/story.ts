import { setTimeout as sleep } from 'node:timers/promises';
import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { AuditPage } from '#domain/audit/audit.schema.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { isFinal } from '#domain/request/request.ts';
import type { StandInAdmin } from '../stand-in/admin-client.ts';
import type { Api } from './api.ts';
import { check, type Steps } from './steps.ts';

interface StoryOptions {
  steps: Steps;
  user: Api;
  lead: Api;
  admin: Api;
  /** The stand-in's ledger; absent when the real GitHub is used. */
  github: StandInAdmin | undefined;
}

type Failure = { error: string; message: string };

const pollMs = 250;
const patienceMs = 60_000;

/** Shows what this system is for, step by step, and checks each step. */
export async function playStory({ steps, user, lead, admin, github }: StoryOptions): Promise<void> {
  const comments = async () =>
    (await github?.ledger({ method: 'POST', path: /\/repos\/acme\/website\/issues\/7\/comments$/ }))
      ?.length ?? 0;
  const before = await comments();

  await steps.step('The user asks for the open issues: policy allows, answered at once', async (say) => {
    const { status, body } = await user.post<RequestView>('/requests', {
      text: 'list the open issues of acme/website',
    });
    check(status === 200 && body.state === 'answered', `expected 200 answered, got ${status} ${body.state}`);
    check(body.actions[0]?.verdict === 'allow', 'policy did not say allow');
    for (const line of (body.answer ?? body.actions[0]?.answer ?? '').split('\n').slice(0, 6)) say(line);
    await checkAudited(admin, body.id, ['success'], say);
  });

  const queued = await steps.step(
    'The user asks for a comment: policy wants a human, so it waits',
    async (say) => {
      const { status, body } = await user.post<RequestView>('/requests', {
        text: 'comment on acme/website#7: Fixed in 2.1',
      });
      check(status === 202 && body.state === 'queued', `expected 202 queued, got ${status} ${body.state}`);
      const approvalId = body.actions[0]?.approval_id;
      check(typeof approvalId === 'string', 'no approval id came back');
      say(`request ${body.id} waits for ${approvalId}`);
      check((await comments()) === before, 'something reached GitHub before the approval');
      return { requestId: body.id, approvalId };
    },
  );

  const approval = await steps.step(
    'The lead sees who asks for what, and why it needs a human',
    async (say) => {
      const { status, body } = await lead.get<ApprovalView>(`/approvals/${queued.approvalId}`);
      check(status === 200 && body.may_decide, `expected an approval to decide, got ${status}`);
      check(body.preview.includes('Fixed in 2.1'), 'the exact text is not shown');
      say(`${body.requester.email} asks: ${body.title}, ${body.target}`);
      say(`text: ${body.preview}`);
      say(`why: ${body.reason}`);
      say(`policy: ${body.policy_applied}, digest ${body.digest.slice(0, 12)}…`);
      return body;
    },
  );

  await steps.step('Nobody decides their own request', async (say) => {
    const { status, body } = await user.post<Failure>(`/approvals/${approval.id}/decision`, {
      decision: 'approve',
      digest: approval.digest,
    });
    check(status === 403, `expected 403, got ${status}`);
    say(`${status} ${body.error}: ${body.message}`);
  });

  await steps.step('The lead approves; the comment is written exactly once', async (say) => {
    const { status } = await lead.post(`/approvals/${approval.id}/decision`, {
      decision: 'approve',
      digest: approval.digest,
    });
    check(status === 200, `expected 200, got ${status}`);
    const done = await finalState(user, queued.requestId);
    check(done.state === 'answered', `the request ended ${done.state}`);
    say(done.answer ?? done.actions[0]?.answer ?? '');
    if (github !== undefined) {
      const written = (await comments()) - before;
      check(written === 1, `GitHub saw ${written} comments`);
      say('the ledger of the GitHub stand-in holds one comment');
    }
    await checkAudited(admin, queued.requestId, ['pending_approval', 'intended', 'success'], say);
  });

  await steps.step('A second decision is refused', async (say) => {
    const { status, body } = await lead.post<Failure>(`/approvals/${approval.id}/decision`, {
      decision: 'reject',
      digest: approval.digest,
      reason: 'too late',
    });
    check(status === 409, `expected 409, got ${status}`);
    say(`${status} ${body.error}`);
  });

  await steps.step('Rejecting carries a reason that reaches the requester', async (say) => {
    const asked = await user.post<RequestView>('/requests', {
      text: 'comment on acme/website#7: Ship it on Friday',
    });
    const id = asked.body.actions[0]?.approval_id;
    const shown = await lead.get<ApprovalView>(`/approvals/${id}`);
    const reason = 'Not on a Friday, please.';
    await lead.post(`/approvals/${id}/decision`, { decision: 'reject', digest: shown.body.digest, reason });
    const done = await finalState(user, asked.body.id);
    check(done.state === 'rejected', `the request ended ${done.state}`);
    const seen = await user.get<ApprovalView>(`/approvals/${id}`);
    check(seen.body.decision_reason === reason, 'the reason did not reach the requester');
    say(`rejected by ${seen.body.decided_by?.email}: ${seen.body.decision_reason}`);
  });

  await steps.step(
    "The user asks to close a pull request: denied, with the rule's own reason",
    async (say) => {
      const { status, body } = await user.post<RequestView>('/requests', {
        text: 'close pull request acme/website#9',
      });
      check(status === 200 && body.state === 'denied', `expected 200 denied, got ${status} ${body.state}`);
      const reason = body.actions[0]?.reason ?? '';
      check(reason !== '', 'no reason was given');
      say(reason);
      await checkAudited(admin, body.id, ['denied'], say);
    },
  );
}

async function finalState(api: Api, requestId: string): Promise<RequestView> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { body } = await api.get<RequestView>(`/requests/${requestId}`);
    if (isFinal(body.state)) return body;
    check(Date.now() < deadline, `still ${body.state} after ${patienceMs / 1000} s`);
    await sleep(pollMs);
  }
}

async function checkAudited(
  api: Api,
  requestId: string,
  outcomes: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const { status, body } = await api.get<AuditPage>(`/audit?request_id=${requestId}`);
  check(status === 200, `the audit log answered ${status}`);
  const seen = body.entries.map((entry) => entry.outcome);
  for (const outcome of outcomes) {
    check(
      seen.some((one) => one === outcome),
      `no audit entry says ${outcome}; there are ${seen.join(', ')}`,
    );
  }
  say(
    `on record: ${body.entries
      .toReversed()
      .map(({ event, outcome }) => `${event} ${outcome}`)
      .join(' → ')}`,
  );
}
