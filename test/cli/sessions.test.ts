import { describe, expect, it, onTestFinished } from 'vitest';
import { deleteSession, listSessions } from '#domain/person/calls.ts';
import { refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

const id = 'ses_01JD3Z5W7M8N9P0Q1R2S3T4V5W';
const session = {
  id,
  user_id: 'acme-alice',
  browser: 'Firefox\u001b[2J 145',
  created_at: '2026-11-21T11:00:00.000Z',
  seen_at: '2026-11-21T12:00:00.000Z',
  expires_at: '2026-11-21T23:00:00.000Z',
  is_current: false,
};

async function sessions(words: string[], replies: Parameters<typeof startRecordedGateway>[0]) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return { ...(await openclaw(['sessions', ...words], options)), calls: gateway.calls };
}

describe('openclaw sessions', () => {
  it('lists browsers, whatever they call themselves', async () => {
    const listed = await sessions(['list', '--user', 'acme-alice'], {
      [on(listSessions)]: { body: { sessions: [session] } },
    });
    expect(listed.stdout).toContain(`${id}  2026-11-21T12:00:00.000Z`);
    expect(listed.stdout).toContain('  Firefox 145');
    expect(listed.calls[0]?.query).toEqual({ user_id: 'acme-alice' });
  });

  it('says so when there is none', async () => {
    const { code, stdout } = await sessions(['list'], { [on(listSessions)]: { body: { sessions: [] } } });
    expect([code, stdout]).toEqual([0, 'There is no browser session.\n']);
  });

  it('ends one', async () => {
    const ended = { id, user_id: 'acme-alice', ended: true };
    const revoked = await sessions(['revoke', id, '--json'], {
      [on(deleteSession, { id })]: { body: ended },
    });
    expect(revoked.code).toBe(0);
    expect(revoked.json()).toEqual(ended);
  });

  it('fails on one that is not there', async () => {
    const { code, stderr } = await sessions(['revoke', id], {
      [on(deleteSession, { id })]: refusal(404, 'NOT_FOUND', 'There is no such thing.'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('There is no such thing.');
  });
});
