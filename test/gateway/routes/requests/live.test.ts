import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  askForComment,
  commentsWritten,
  ended,
  outcomesOf,
  type People,
  signInPeople,
} from '../../../support/people.ts';
import { startStack, type TestStack } from '../../../support/stack.ts';

describe('the gateway with a worker behind it', () => {
  let stack: TestStack;
  let people: People;
  let userToken: string;

  beforeAll(async () => {
    stack = await startStack({ env: { FIRST_ANSWER_MS: '20000' } });
    people = await signInPeople(stack);
    userToken = await stack.token('user@acme.test');
  });
  afterAll(() => stack?.close());

  /** The states that a stream tells, until it ends by itself. */
  async function watch(id: string, meanwhile: () => Promise<unknown>): Promise<RequestView[]> {
    const response = await fetch(`${stack.api}/api/v1/requests/${id}/events`, {
      headers: { authorization: `Bearer ${userToken}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const seen: RequestView[] = [];
    let begun = false;
    const parser = createParser({
      onEvent: ({ event, data }) => {
        expect(event).toBe('request');
        seen.push(JSON.parse(data));
      },
    });
    for await (const chunk of response.body ?? []) {
      parser.feed(Buffer.from(chunk).toString());
      if (seen.length > 0 && !begun) {
        begun = true;
        await meanwhile();
      }
    }
    return seen;
  }

  const reject = (approval: ApprovalView, reason: string) =>
    people.lead.post<ApprovalView>(`/approvals/${approval.id}/decision`, {
      decision: 'reject',
      digest: approval.digest,
      reason,
    });

  it('answers a read at once, in words and as data', async () => {
    const { status, body } = await people.user.post<RequestView>('/requests', {
      text: 'list the open issues of acme/website',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'answered', planner: 'built-in rules' });
    expect(body.actions[0]).toMatchObject({ state: 'done', verdict: 'allow' });
    expect(body.answer).toContain('#7');
    expect(body.actions[0]?.result).toBeTypeOf('object');
  });

  it('says what can be asked when a text is not understood', async () => {
    const { status, body } = await people.user.post<RequestView>('/requests', { text: 'make me a sandwich' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'answered', actions: [] });
    expect(body.answer?.length).toBeGreaterThan(0);
    expect(body.suggestions.length).toBeGreaterThan(0);
  });

  it('denies what policy denies, with its reason, also where a client names the action', async () => {
    const input = { repository: 'acme/website', pull_number: 9 };
    const { status, body } = await people.user.post<RequestView>('/requests', {
      actions: [{ action: 'github_pr_close', input }],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'denied', planner: 'client', error: { error: 'POLICY_DENIED' } });
    expect(body.actions[0]?.reason?.length).toBeGreaterThan(5);
  });

  it('tells each change of a request as it happens, and ends with the final state', async () => {
    const { requestId, approval } = await askForComment(people, 'told live');
    const seen = await watch(requestId, () =>
      people.lead.post(`/approvals/${approval.id}/decision`, {
        decision: 'approve',
        digest: approval.digest,
      }),
    );
    expect(seen[0]).toMatchObject({ state: 'queued', actions: [{ approval_id: approval.id }] });
    expect(seen.at(-1)).toMatchObject({ state: 'answered', actions: [{ state: 'done' }] });
    expect(await commentsWritten(stack, 'told live')).toBe(1);
  });

  it('brings the reason of a rejection to the requester, and nothing to the provider', async () => {
    const { requestId, approval } = await askForComment(people, 'rejected');
    const decided = await reject(approval, 'not before the release');
    expect(decided.body).toMatchObject({
      state: 'rejected',
      decided_by: { user_id: 'acme-lead' },
      decision_reason: 'not before the release',
      may_decide: false,
    });
    const request = await ended(people.user, requestId);
    expect(request).toMatchObject({ state: 'rejected', actions: [{ reason: 'not before the release' }] });
    expect(await commentsWritten(stack, 'rejected')).toBe(0);
  });

  it('takes one of two decisions made at the same moment', async () => {
    const { approval } = await askForComment(people, 'decided twice');
    const approve = { decision: 'approve', digest: approval.digest };
    const answers = await Promise.all([
      people.lead.post<{ error?: string }>(`/approvals/${approval.id}/decision`, approve),
      people.admin.post<{ error?: string }>(`/approvals/${approval.id}/decision`, approve),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.error).toBe('APPROVAL_NOT_PENDING');
  });

  it('lets the requester take back what waits, so that nobody can approve it any more', async () => {
    const { requestId, approval } = await askForComment(people, 'withdrawn');
    const { status } = await people.user.post<RequestView>(`/requests/${requestId}/withdraw`, {});
    expect(status).toBe(200);
    expect(await ended(people.user, requestId)).toMatchObject({ state: 'withdrawn' });
    const late = await people.lead.post<{ error: string }>(`/approvals/${approval.id}/decision`, {
      decision: 'approve',
      digest: approval.digest,
    });
    expect(late.status).toBe(409);
    expect(await commentsWritten(stack, 'withdrawn')).toBe(0);
  });

  it('gives the same answer to the same idempotency key, without asking twice', async () => {
    const ask = () =>
      fetch(`${stack.api}/api/v1/requests`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${userToken}`,
          'content-type': 'application/json',
          'idempotency-key': 'once-and-for-all',
        },
        body: JSON.stringify({ text: 'list the open issues of acme/website' }),
      }).then((response) => response.json());
    const [first, second] = [await ask(), await ask()];
    expect(second).toEqual(first);
  });

  it('reports every part as healthy', async () => {
    // A part that took too long to answer was not there for this once.
    const body = await eventually(
      async () => (await fetch(`${stack.api}/api/v1/status`)).json(),
      ({ status }) => status === 'healthy',
    );
    expect(body).toMatchObject({
      status: 'healthy',
      components: { temporal: 'healthy', cache: 'healthy', connectors: { github: 'healthy' } },
    });
    const active = body.capabilities.filter((one: { status: string }) => one.status === 'active');
    expect(active.map((one: { name: string }) => one.name)).toEqual([
      'policy-engine',
      'audit-enterprise',
      'auth-enterprise',
      'connector-github',
    ]);
    expect(body.capabilities).toHaveLength(14);
  });

  it('counts what it does without naming people or tenants', async () => {
    const authorization = `Bearer ${await stack.token('admin@acme.test')}`;
    const text = await eventually(
      async () => (await fetch(`${stack.api}/metrics`, { headers: { authorization } })).text(),
      (metrics) => metrics.includes('openclaw_event_streams 0'),
    );
    expect(text).toMatch(/openclaw_first_answers_total\{outcome="answered"\} [1-9]/);
    expect(text).toContain('route="/api/v1/requests/:id"');
    expect(text).not.toMatch(/acme|req_/);
  });

  it('tells what an approved action waits for and until when, to everybody concerned, and takes it back', async () => {
    const { requestId, approval } = await askForComment(people, 'limited');
    const since = Date.now();
    const reset = Math.round(since / 1000) + 17 * 60;
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) };
    const comments = { method: 'POST', path: '/issues/7/comments$' };
    await stack.github.admin.setFault({ ...comments, fault: { kind: 'answer', status: 403, headers } });
    const withdraw = async () => {
      await people.lead.post(`/approvals/${approval.id}/decision`, {
        decision: 'approve',
        digest: approval.digest,
      });
      const waiting = await eventually(
        () => people.user.get<RequestView>(`/requests/${requestId}`),
        ({ body }) => (body.actions[0]?.waits ?? null) !== null,
      );
      const waits = { until: expect.any(String), to: 'send', error: 'api_rate_limited' };
      expect(waiting.body).toMatchObject({ state: 'running', actions: [{ state: 'planned', waits }] });
      const until = Date.parse(waiting.body.actions[0]?.waits?.until ?? '');
      // Not before that time, nor later by more than the answer took to get on record.
      expect(until).toBeGreaterThanOrEqual(reset * 1000);
      expect(until).toBeLessThanOrEqual(reset * 1000 + Date.now() - since);
      const seen = await people.lead.get<ApprovalView>(`/approvals/${approval.id}`);
      expect(seen.body).toMatchObject({ state: 'approved', waits, asked_again: null });
      const { status, body } = await people.user.post<RequestView>(`/requests/${requestId}/withdraw`, {});
      expect(status).toBe(200);
      expect(body).toMatchObject({ state: 'withdrawn', actions: [{ state: 'withdrawn', waits: null }] });
    };
    const views = await watch(requestId, withdraw);
    expect(views.some(({ actions }) => actions[0]?.waits?.to === 'send')).toBe(true);
    expect(views.at(-1)).toMatchObject({ state: 'withdrawn' });
    const lead = await people.lead.get<ApprovalView>(`/approvals/${approval.id}`);
    expect(lead.body).toMatchObject({ state: 'withdrawn', waits: null });
    expect(await commentsWritten(stack, 'limited')).toBe(0);
    const outcomes = await eventually(
      () => outcomesOf(people, requestId),
      (all) => all.includes('github.issue_commented denied'),
    );
    expect(outcomes).toContain('request.withdrawn success');
  });

  it('a read that the provider wants later fails, and says when it may be asked again', async () => {
    const fault = { kind: 'answer', status: 429, headers: { 'retry-after': '1020' } } as const;
    await stack.github.admin.setFault({ path: '/issues$', fault });
    const since = Date.now();
    const { body } = await people.user.post<RequestView>('/requests', {
      text: 'list the open issues of acme/website',
    });
    expect(body).toMatchObject({
      state: 'failed',
      error: { error: 'api_rate_limited', message: expect.stringContaining('UTC') },
    });
    // Seventeen minutes after the provider said so, which was in between.
    const saidAt = Date.parse(body.error?.retry_at ?? '') - 1_020_000;
    expect(saidAt).toBeGreaterThanOrEqual(since);
    expect(saidAt).toBeLessThanOrEqual(Date.now());
  });

  it('goes quietly on SIGTERM: calls under way finish, streams end, and the next start goes on', async () => {
    const { requestId } = await askForComment(people, 'waits over a restart');
    const seen = watch(requestId, () => stack.gateway.stop());
    const ask = people.user.get<RequestView>(`/requests/${requestId}`);
    expect((await ask).status).toBe(200);
    expect((await seen).at(-1)).toMatchObject({ state: 'queued' });
    expect(stack.log('gateway')).toContain('"reason":"SIGTERM"');
    expect(stack.log('gateway')).not.toMatch(/"level":"(fatal|error)"/);
    await stack.gateway.start();
    expect(await people.user.get<RequestView>(`/requests/${requestId}`)).toMatchObject({
      status: 200,
      body: { state: 'queued' },
    });
  });
});
