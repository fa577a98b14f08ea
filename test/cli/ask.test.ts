import { describe, expect, it, onTestFinished } from 'vitest';
import { postRequest, watchRequest } from '#domain/request/calls.ts';
import { requestEvent } from '../support/recorded-gateway.ts';
import {
  answered,
  approvalId,
  denied,
  queued,
  received,
  refusal,
  requestId,
  unknownOutcome,
} from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw, startOpenclaw } from './run-openclaw.ts';

type Replies = Parameters<typeof startRecordedGateway>[0];

const events = on(watchRequest, { id: requestId });

async function person(replies: Replies) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  return { gateway, options: { configDir: newConfigDir(), gateway: gateway.url, token: 'token' } };
}

describe('openclaw ask', () => {
  it('prints an answer that comes at once', async () => {
    const { gateway, options } = await person({ [on(postRequest)]: { body: answered } });
    const ended = await openclaw(['ask', 'comment on acme/website#7:', 'Fixed in 2.1'], options);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toBe(
      `Commented on acme/website#7.\nPlanned by: built-in rules\nRequest ${requestId}\n`,
    );
    expect(gateway.calls).toHaveLength(1);
    expect(gateway.calls[0]).toMatchObject({
      body: { text: 'comment on acme/website#7: Fixed in 2.1' },
      headers: { authorization: 'Bearer token', 'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it('returns as soon as the request waits for an approval', async () => {
    const { options } = await person({ [on(postRequest)]: { status: 202, body: queued } });
    const ended = await openclaw(['ask', 'comment on acme/website#7: Fixed in 2.1'], options);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Queued: it waits for an approval.');
    expect(ended.stdout).toContain(`approval: ${approvalId}`);
    expect(ended.stdout).toContain(`openclaw requests show ${requestId}`);
  });

  it('says what an action waits for, and until when, when the wait begins', async () => {
    const running = { ...answered, state: 'running', answer: null } as const;
    const waits = {
      until: '2026-11-21T12:17:00.000Z',
      to: 'send',
      error: 'api_rate_limited',
      message: 'The provider takes no call before 2026-11-21 12:17:00 UTC. Then it is sent.',
    } as const;
    const waiting = { ...running, actions: running.actions.map((action) => ({ ...action, waits })) };
    const chunks = [requestEvent(running), requestEvent(waiting), requestEvent(answered)];
    const { options } = await person({
      [on(postRequest)]: { status: 202, body: received },
      [events]: { chunks, ending: 'open' },
    });
    const ended = await openclaw(['ask', '--wait', 'comment'], options);
    expect(ended.code).toBe(0);
    expect(ended.stderr.split(waits.message)).toHaveLength(2);
  });

  it('follows the events until the first answer', async () => {
    const chunks = [': hello\n\n', requestEvent({ ...received, state: 'running' }), requestEvent(queued)];
    const { gateway, options } = await person({
      [on(postRequest)]: { status: 202, body: received },
      [events]: { chunks, ending: 'open' },
    });
    const ended = await openclaw(['ask', '--json', 'comment'], options);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.json()).toEqual(queued);
    expect(gateway.calls[1]?.headers).toMatchObject({
      accept: 'text/event-stream',
      authorization: 'Bearer token',
    });
  });

  it('waits with --wait until it is done, through a broken stream', async () => {
    const { gateway, options } = await person({
      [on(postRequest)]: { status: 202, body: received },
      [events]: (_call, earlier) =>
        earlier === 0
          ? { chunks: [requestEvent(queued), 'event: request\ndata: {"half'], ending: 'cut' }
          : { chunks: [requestEvent(answered)] },
    });
    const ended = await openclaw(['ask', '--wait', 'comment'], options);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Commented on acme/website#7.');
    expect(ended.stderr).toContain(`Queued: it waits for an approval. Approval: ${approvalId}`);
    expect(gateway.calls.filter(({ path }) => path.endsWith('/events'))).toHaveLength(2);
  });

  it('tells a denial with the reason of the rule', async () => {
    const { options } = await person({ [on(postRequest)]: { body: denied } });
    const ended = await openclaw(['ask', 'close pull request acme/website#9'], options);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('Denied.');
    expect(ended.stdout).toContain('why: The organisation policy does not list close_pr.');
    expect(ended.stdout).toContain('policy: pol_acme@1');
  });

  it('tells an error once when request and action name the same', async () => {
    const error = { error: 'target_not_found', message: 'The provider knows no such target.' };
    const failed = {
      ...denied,
      state: 'failed',
      error,
      actions: denied.actions.map((one) => ({ ...one, error })),
    };
    const { options } = await person({ [on(postRequest)]: { body: failed } });
    const ended = await openclaw(['ask', 'list'], options);
    expect(ended.code).toBe(1);
    expect(ended.stdout.match(/target_not_found/g)).toHaveLength(1);
  });

  it('shows what can be said when it was not understood', async () => {
    const lost = {
      ...received,
      state: 'failed',
      error: { error: 'NOT_UNDERSTOOD', message: 'The planner did not understand the request.' },
      suggestions: ['list the open issues of acme/website'],
    };
    const { options } = await person({ [on(postRequest)]: { body: lost } });
    const ended = await openclaw(['ask', 'sing'], options);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('(NOT_UNDERSTOOD)');
    expect(ended.stdout).toContain('  list the open issues of acme/website');
  });

  it('sends people to look when the outcome is unknown', async () => {
    const { options } = await person({ [on(postRequest)]: { status: 202, body: unknownOutcome } });
    const ended = await openclaw(['ask', 'comment'], options);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain(`openclaw requests resolve ${requestId}`);
  });

  it('stays one request when the connection breaks while sending', async () => {
    const { gateway, options } = await person({
      [on(postRequest)]: (_call, earlier) => (earlier === 0 ? { ending: 'cut' } : { body: answered }),
    });
    const ended = await openclaw(['ask', 'comment'], options);
    expect(ended.code).toBe(0);
    const keys = gateway.calls.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('takes the key of a script, and its text from standard input', async () => {
    const { gateway, options } = await person({
      [on(postRequest)]: refusal(
        409,
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used before with another request.',
      ),
    });
    const ended = await openclaw(['ask', '-', '--idempotency-key', 'job-7'], {
      ...options,
      stdin: 'list\nissues',
    });
    expect(ended.code).toBe(1);
    expect(gateway.calls[0]).toMatchObject({
      body: { text: 'list\nissues' },
      headers: { 'idempotency-key': 'job-7' },
    });
  });

  it('leaves the request running on Ctrl-C and says how to look', async () => {
    const { options } = await person({
      [on(postRequest)]: { status: 202, body: queued },
      [events]: { chunks: [requestEvent(queued)], ending: 'open' },
    });
    const running = startOpenclaw(['ask', '--wait', 'comment'], options);
    await running.said(/Queued/);
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain(`request ${requestId} goes on (last seen: queued)`);
    expect(ended.stderr).toContain(`openclaw requests show ${requestId}`);
  });

  it('ends as unfinished when the time to wait is over', async () => {
    const { options } = await person({
      [on(postRequest)]: { status: 202, body: received },
      [events]: { chunks: [': heartbeat\n\n'], ending: 'open' },
    });
    const ended = await openclaw(['ask', '--timeout', '4', '--json', 'comment'], options);
    expect(ended).toMatchObject({ code: 6, stdout: '' });
    expect(JSON.parse(ended.stderr)).toMatchObject({
      error: 'unfinished',
      detail: { request_id: requestId, state: 'received' },
    });
  });

  it('prints no control characters of an answer', async () => {
    const nasty = { ...answered, answer: 'Title: \u001b]0;owned\u0007\u001b[31mred\u009b2J\u202e' };
    const { options } = await person({ [on(postRequest)]: { body: nasty } });
    const plain = await openclaw(['ask', 'list'], options);
    expect(plain.stdout.split('\n')[0]).toBe('Title: red');
    const json = await openclaw(['ask', 'list', '--json'], options);
    expect(json.json()).toEqual(nasty);
    expect(json.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('refuses an empty text before anything is sent', async () => {
    const { gateway, options } = await person({});
    expect((await openclaw(['ask', '  '], options)).code).toBe(2);
    expect(gateway.calls).toEqual([]);
  });
});
