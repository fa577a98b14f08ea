import { describe, expect, it, onTestFinished } from 'vitest';
import { getUserinfo } from '#domain/person/calls.ts';
import { getStatus, listProblems } from '#domain/status/calls.ts';
import { type Recorded } from '../support/recorded-gateway.ts';
import { alice, healthy, refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

async function status(
  answers: { status: Recorded; userinfo?: Recorded; problems?: Recorded },
  words: string[] = [],
  token = 'token',
) {
  const gateway = await startRecordedGateway({
    [on(getStatus)]: answers.status,
    [on(getUserinfo)]: answers.userinfo ?? { body: alice },
    [on(listProblems)]: answers.problems ?? refusal(403, 'forbidden', 'Your role does not allow this.'),
  });
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, ...(token ? { token } : {}) };
  const ended = await openclaw(['status', ...words], options);
  return { ...ended, url: gateway.url, calls: gateway.calls };
}

describe('openclaw status', () => {
  it('prints the layout of the documents', async () => {
    const { code, stdout, stderr, url, calls } = await status({ status: { body: healthy } });
    expect(stdout).toBe(`Gateway:     ${url}
Status:      Connected
User:        alice@company.com
Role:        org_admin
Tenant:      acme-corp
Org Unit:    engineering

Enterprise Plugins:
  policy-engine       active
  audit-enterprise    active
  auth-enterprise     active
  connector-gmail     active
  connector-gcal      active
  connector-jira      active
  connector-github    active
  connector-gdrive    active
  task-intelligence   active
  auto-response       active
  work-tracking       active
  ocip-protocol       active
  org-intelligence    active
  visualization       active
`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const byPath = Object.fromEntries(calls.map((call) => [call.path, call.headers.authorization]));
    expect(byPath).toEqual({
      '/api/v1/status': undefined,
      '/api/v1/status/problems': 'Bearer token',
      '/api/v1/auth/userinfo': 'Bearer token',
    });
  });

  it('prints the same as JSON', async () => {
    const { json, url } = await status({ status: { body: healthy } }, ['--json']);
    expect(json()).toEqual({
      gateway: url,
      connection: 'Connected',
      user: alice,
      system: healthy,
      problems: null,
      advice: [],
    });
  });

  it('shows what is known to somebody who is not signed in, and says how to', async () => {
    const { code, stdout, stderr } = await status({ status: { body: healthy } }, [], '');
    expect(code).toBe(3);
    expect(stdout).toContain('User:        not signed in');
    expect(stdout).toContain('policy-engine       active');
    expect(stderr).toContain('openclaw auth login');
  });

  it('says what to look at when policy cannot be evaluated', async () => {
    const down = {
      ...healthy,
      status: 'degraded',
      components: { ...healthy.components, policyEngine: 'unhealthy', opa: 'unhealthy' },
      capabilities: healthy.capabilities.map((one, n) => (n === 0 ? { ...one, status: 'error' } : one)),
    };
    const { code, stdout, stderr } = await status({ status: { status: 503, body: down } });
    expect(code).toBe(1);
    expect(stdout).toContain('Status:      Connected (degraded)');
    expect(stdout).toContain('policy-engine       error');
    expect(stderr).toContain('Policy engine unreachable');
  });

  it('tells an admin what is wrong', async () => {
    const down = {
      ...healthy,
      status: 'degraded',
      components: { ...healthy.components, policyEngine: 'unhealthy', opa: 'unhealthy' },
    };
    const problem = 'bundle freeze.tar.gz: it uses the built-in time.now_ns\u001b[31m';
    const problems = [{ part: 'policyEngine', tenant_id: 'acme', problem }];
    const answers = {
      status: { status: 503, body: down },
      problems: { body: { problems, timestamp: healthy.timestamp } },
    };
    const { stdout, stderr } = await status(answers);
    expect(stdout).toContain('Problems:\n  acme: bundle freeze.tar.gz: it uses the built-in time.now_ns');
    expect(stdout).not.toContain('\u001b');
    expect(stderr).not.toContain('Policy engine unreachable');
    expect((await status(answers, ['--json'])).json()).toMatchObject({ problems });
  });

  it('names a connector in error, and a gateway without enterprise plugins', async () => {
    const broken = healthy.capabilities.map((one) =>
      one.name === 'connector-jira' ? { ...one, status: 'error' } : one,
    );
    const connector = await status({ status: { body: { ...healthy, capabilities: broken } } });
    expect(connector.stderr).toContain('connector-jira: check its secret and connect it again');
    const none = await status({ status: { body: { ...healthy, capabilities: [] } } });
    expect(none.stderr).toContain('No enterprise plugins are active');
  });

  it('explains a missing role', async () => {
    const { code, stdout, stderr } = await status({
      status: { body: healthy },
      userinfo: refusal(403, 'forbidden', 'You are signed in, but none of your groups gives you a role.'),
    });
    expect(code).toBe(4);
    expect(stdout).toContain('Role:        -');
    expect(stderr).toContain('403 Forbidden: You are signed in');
    expect(stderr).toContain('role mapping');
  });
});
