import { describe, expect, it, onTestFinished } from 'vitest';
import { getRequest, listRequests, resolveRequest, withdrawRequest } from '#domain/request/calls.ts';
import { answered, queued, refusal, requestId, unknownOutcome } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

type Replies = Parameters<typeof startRecordedGateway>[0];

async function requests(words: string[], replies: Replies) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return { ...(await openclaw(['requests', ...words], options)), calls: gateway.calls };
}

describe('openclaw requests', () => {
  const { id, state, user_id, text, created_at, updated_at } = queued;
  const list = { requests: [{ id, state, user_id, text, created_at, updated_at }], next: null };

  it('lists one line each, without cutting anything when nobody looks', async () => {
    const long = {
      ...list,
      requests: [{ ...list.requests[0], text: `one\n${'two '.repeat(60)}` }],
      next: 'req_0',
    };
    const { code, stdout } = await requests(['list'], { [on(listRequests)]: { body: long } });
    expect(code).toBe(0);
    const [head, row, more] = stdout.split('\n');
    expect(head).toMatch(/^ID +STATE +CREATED +TEXT$/);
    expect(row).toBe(`${requestId}  queued  2026-11-21T12:00:00.000Z  one ${'two '.repeat(60).trim()}`);
    expect(more).toContain('--before req_0');
  });

  it('passes paging on', async () => {
    const { json, calls } = await requests(
      ['list', '--limit', '5', '--before', 'req_9', '--state', 'queued', '--json'],
      {
        [on(listRequests)]: { body: list },
      },
    );
    expect(json()).toEqual(list);
    expect(calls[0]?.query).toEqual({ limit: '5', before: 'req_9', state: 'queued' });
  });

  it('shows one with what was asked', async () => {
    const { code, stdout } = await requests(['show', requestId], {
      [on(getRequest, { id: requestId })]: { body: queued },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('You asked: comment on acme/website#7: Fixed in 2.1');
    expect(stdout).toContain('1. Comment on a GitHub issue: acme/website#7 [waiting_approval]');
  });

  it('shows what one waits for, and that it can be taken back', async () => {
    const waits = {
      until: '2026-11-21T12:17:00.000Z',
      to: 'send',
      error: 'api_rate_limited',
      message: 'No call before 12:17 UTC.',
    } as const;
    const actions = queued.actions.map((action) => ({ ...action, state: 'planned', waits }) as const);
    const { stdout } = await requests(['show', requestId], {
      [on(getRequest, { id: requestId })]: { body: { ...queued, state: 'running', actions } },
    });
    expect(stdout).toContain('waits: No call before 12:17 UTC.');
    expect(stdout).toContain(`openclaw requests withdraw ${requestId}`);
  });

  it('does not let an id name another address', async () => {
    const { code, calls } = await requests(['show', '../audit?x=1'], {});
    expect(code).toBe(1);
    expect(calls[0]?.path).toBe('/api/v1/requests/..%2Faudit%3Fx%3D1');
  });

  it('withdraws, and tells when it is too late', async () => {
    const done = await requests(['withdraw', requestId], {
      [on(withdrawRequest, { id: requestId })]: { body: { ...queued, state: 'withdrawn' } },
    });
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('Withdrawn.');
    const late = await requests(['withdraw', requestId], {
      [on(withdrawRequest, { id: requestId })]: refusal(
        409,
        'REQUEST_NOT_PENDING',
        'The request is not waiting for anything.',
      ),
    });
    expect(late).toMatchObject({ code: 1, stdout: '' });
    expect(late.stderr).toContain('not waiting for anything');
  });

  it('resolves the one action whose outcome is unknown', async () => {
    const { code, stdout, stderr, calls } = await requests(
      ['resolve', requestId, 'happened', '--reason', 'I see the comment.', '--yes'],
      {
        [on(getRequest, { id: requestId })]: { body: unknownOutcome },
        [on(resolveRequest, { id: requestId })]: { body: answered },
      },
    );
    expect(code).toBe(0);
    expect(stderr).toContain('1. Comment on a GitHub issue: acme/website#7');
    expect(stdout).toContain('Commented on acme/website#7.');
    expect(calls[1]?.body).toEqual({
      n: 1,
      sending: 1,
      resolution: 'happened',
      reason: 'I see the comment.',
    });
  });

  it('asks the gateway about what was resolved already, which may be a word whose answer was lost', async () => {
    const [action] = unknownOutcome.actions;
    const sentTwice = { ...answered, actions: [{ ...action, state: 'done', sending: 2 }] };
    for (const [resolution, sending] of [
      ['happened', 2],
      ['give_up', 2],
      ['send_again', 1],
    ] as const) {
      const said = await requests(['resolve', requestId, resolution, '--reason', 'x', '--yes'], {
        [on(getRequest, { id: requestId })]: { body: sentTwice },
        [on(resolveRequest, { id: requestId })]: { body: answered },
      });
      expect(said).toMatchObject({ code: 0 });
      expect(said.calls[1]?.body).toEqual({ n: 1, sending, resolution, reason: 'x' });
    }
  });

  it('resolves nothing without a yes, and nothing that is known', async () => {
    const words = ['resolve', requestId, 'send_again', '--reason', 'No comment there.'];
    const unsure = await requests(words, { [on(getRequest, { id: requestId })]: { body: unknownOutcome } });
    expect(unsure).toMatchObject({ code: 2 });
    expect(unsure.stderr).toContain('--yes');
    expect(unsure.calls).toHaveLength(1);
    const known = await requests([...words, '--yes'], {
      [on(getRequest, { id: requestId })]: { body: answered },
    });
    expect(known).toMatchObject({ code: 1 });
    expect(known.calls).toHaveLength(1);
  });

  it('wants to know which, where several are unknown', async () => {
    const [action] = unknownOutcome.actions;
    const two = { ...unknownOutcome, actions: [action, { ...action, n: 2 }] };
    const replies = {
      [on(getRequest, { id: requestId })]: { body: two },
      [on(resolveRequest, { id: requestId })]: { body: answered },
    };
    const words = ['resolve', requestId, 'give_up', '--reason', 'Gone.', '--yes'];
    const unsaid = await requests(words, replies);
    expect(unsaid).toMatchObject({ code: 2 });
    expect(unsaid.stderr).toContain('--action');
    const said = await requests([...words, '--action', '2'], replies);
    expect(said.calls[1]?.body).toMatchObject({ n: 2 });
  });

  it('lets somebody who approves for others resolve what they cannot read', async () => {
    const replies = {
      [on(getRequest, { id: requestId })]: refusal(
        404,
        'NOT_FOUND',
        'There is no such thing, or it is not yours to see.',
      ),
      [on(resolveRequest, { id: requestId })]: { body: answered },
    };
    const words = ['resolve', requestId, 'happened', '--reason', 'I see it.', '--yes'];
    const unsaid = await requests(words, replies);
    expect(unsaid).toMatchObject({ code: 1 });
    expect(unsaid.stderr).toContain('--action');
    const said = await requests([...words, '--action', '1'], replies);
    expect(said).toMatchObject({ code: 0 });
    expect(said.calls[1]?.body).toMatchObject({ n: 1, resolution: 'happened' });
  });
});
