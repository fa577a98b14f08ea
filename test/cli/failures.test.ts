import { describe, expect, it, onTestFinished } from 'vitest';
import { getUserinfo } from '#domain/person/calls.ts';
import { listRequests } from '#domain/request/calls.ts';
import { freePort } from '#sandbox/free-port.ts';
import { type Recorded } from '../support/recorded-gateway.ts';
import { refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

async function whoami(reply: Recorded, words: string[] = []) {
  const gateway = await startRecordedGateway({ [on(getUserinfo)]: reply });
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return openclaw(['auth', 'whoami', ...words], options);
}

describe('openclaw, when something is wrong', () => {
  it('says that nothing listens there and what to check', async () => {
    const gateway = `http://127.0.0.1:${await freePort()}`;
    const ended = await openclaw(['status'], { configDir: newConfigDir(), gateway });
    expect(ended.code).toBe(5);
    expect(ended.stdout).toContain('Status:      Unreachable');
    expect(ended.stderr).toContain(`Connection refused by the gateway at ${gateway}.`);
    expect(ended.stderr).toContain('Ingress');
  });

  it('says that a name cannot be resolved', async () => {
    const ended = await openclaw(['auth', 'whoami'], {
      configDir: newConfigDir(),
      gateway: 'https://openclaw.invalid',
      token: 'token',
    });
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain('cannot be resolved');
  });

  it('says that no gateway is set', async () => {
    const ended = await openclaw(['ask', 'hello'], { configDir: newConfigDir() });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('openclaw config set gateway_url');
  });

  it('says that nobody is signed in, without calling', async () => {
    const gateway = await startRecordedGateway({});
    onTestFinished(() => gateway.close());
    const ended = await openclaw(['requests', 'list'], { configDir: newConfigDir(), gateway: gateway.url });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('openclaw auth login');
    expect(gateway.calls).toEqual([]);
  });

  it.each([
    [refusal(401, 'invalid_token', 'The token is not valid here.'), 3, 'openclaw auth login'],
    [refusal(403, 'forbidden', 'Your role does not allow this.'), 4, 'role mapping'],
    [refusal(404, 'NOT_FOUND', 'There is no such thing.'), 1, 'There is no such thing.'],
    [refusal(503, 'POLICY_ENGINE_UNREACHABLE', 'Policy could not be evaluated.'), 5, 'Nothing was done.'],
    [
      { ...refusal(429, 'RATE_LIMITED', 'Too many calls.'), headers: { 'retry-after': '7' } },
      5,
      'Try again in 7 s.',
    ],
    [refusal(500, 'INTERNAL', 'Something went wrong on our side.'), 1, 'Something went wrong'],
  ])('ends a refusal %# with its code and a hint', async (reply, code, words) => {
    const ended = await whoami(reply);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(reply.body.message);
    expect(ended.stderr).toContain(words);
  });

  it('writes failures as one JSON document to standard error', async () => {
    const reply = {
      status: 400,
      body: { error: 'INVALID_REQUEST', message: 'No.', detail: { field: 'text' } },
    };
    const ended = await whoami(reply, ['--json']);
    expect(ended.stdout).toBe('');
    expect(JSON.parse(ended.stderr)).toMatchObject({ error: 'INVALID_REQUEST', detail: { field: 'text' } });
  });

  it('knows an answer that is not the gateway’s', async () => {
    const html = await whoami({ status: 404, raw: { type: 'text/html', text: '<h1>nginx</h1>' } });
    expect(html).toMatchObject({ code: 1 });
    expect(html.stderr).toContain('not as an OpenClaw Enterprise gateway does');
    const wrong = await whoami({ body: { userId: 'u', email: 7 } });
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain("The gateway's answer is not what this openclaw understands: email");
  });

  it('does not follow a redirect with the token', async () => {
    const elsewhere = await startRecordedGateway({});
    onTestFinished(() => elsewhere.close());
    const ended = await whoami({ status: 302, headers: { location: `${elsewhere.url}/login` } });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`redirects to ${elsewhere.url}/login`);
    expect(elsewhere.calls).toEqual([]);
  });

  it('prints nothing that a terminal would obey', async () => {
    const reply = refusal(403, 'POLICY_DENIED', 'no\u001b]0;owned\u0007 \u001b[2Jway');
    const ended = await whoami(reply);
    expect(ended.stderr).toContain('403 Forbidden: no way');
    expect(ended.stderr).not.toContain('\u001b');
  });

  it('keeps the path before /api/v1 for tenants that are told apart by path', async () => {
    const gateway = await startRecordedGateway(
      { [on(listRequests)]: { body: { requests: [], next: null } } },
      '/engineering',
    );
    onTestFinished(() => gateway.close());
    const options = { configDir: newConfigDir(), gateway: `${gateway.url}/`, token: 'token' };
    const ended = await openclaw(['requests', 'list'], options);
    expect(ended).toMatchObject({ code: 0, stdout: 'There are no requests.\n' });
  });

  it.each([
    [['frob']],
    [['approvals']],
    [['approvals', 'reject', 'apr_1']],
    [['ask']],
    [['audit', 'list', '--outcome', 'maybe']],
  ])('ends %j as a usage error', async (words) => {
    const ended = await openclaw([...words, '--json'], { configDir: newConfigDir() });
    expect(ended.code).toBe(2);
    expect(JSON.parse(ended.stderr)).toMatchObject({ error: 'usage' });
  });
});
