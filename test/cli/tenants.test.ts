import { describe, expect, it, onTestFinished } from 'vitest';
import {
  deleteTenant,
  getTenantStatus,
  listTenants,
  postTenant,
  putTenant,
  restoreTenant,
  resumeTenant,
  suspendTenant,
} from '#domain/tenant/calls.ts';
import { refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

type Replies = Parameters<typeof startRecordedGateway>[0];

const initech = {
  id: 'initech',
  name: 'Initech\u202e',
  domains: ['initech.example'],
  oidc_issuer: null,
  status: 'active',
  created_at: '2026-11-02T09:00:00.000Z',
  delete_at: null,
};

async function tenant(words: string[], replies: Replies) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return { ...(await openclaw(['tenant', ...words], options)), calls: gateway.calls };
}

describe('openclaw tenant', () => {
  it('lists tenants, one a line', async () => {
    const { code, stdout } = await tenant(['list'], {
      [on(listTenants)]: { body: { tenants: [initech], total: 1 } },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('initech  active  2026-11-02  Initech\n');
    expect(stdout).not.toContain('\u202e');
  });

  it('shows counts', async () => {
    const status = {
      id: 'initech',
      name: 'Initech',
      status: 'active',
      gatewayInstances: 2,
      connectorCount: 1,
      policyCount: 7,
      userCount: 42,
      createdAt: '2026-11-02T09:00:00.000Z',
    };
    const { stdout } = await tenant(['show', 'initech'], {
      [on(getTenantStatus, { id: 'initech' })]: { body: status },
    });
    expect(stdout).toMatch(/Gateways: +2\n/);
    expect(stdout).toMatch(/People: +42\n/);
  });

  it('creates one with what was said', async () => {
    const words = [
      'create',
      'initech',
      '--name',
      'Initech',
      '--domain',
      'a.example',
      '--domain',
      'b.example',
    ];
    const { code, stdout, calls } = await tenant(words, {
      [on(postTenant)]: { status: 201, body: { ...initech, status: 'provisioning' } },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('is provisioning.');
    expect(calls[0]?.body).toEqual({
      id: 'initech',
      name: 'Initech',
      domains: ['a.example', 'b.example'],
      oidc_issuer: null,
    });
  });

  it('changes what is named, and sends nothing when nothing is', async () => {
    const put = { [on(putTenant, { id: 'initech' })]: { body: initech } };
    const done = await tenant(['change', 'initech', '--domains', 'a.example,b.example', '--issuer', ''], put);
    expect(done.code).toBe(0);
    expect(done.calls[0]?.body).toEqual({ domains: ['a.example', 'b.example'], oidc_issuer: null });
    const nothing = await tenant(['change', 'initech'], put);
    expect(nothing).toMatchObject({ code: 2, calls: [] });
  });

  it.each([
    ['suspend', on(suspendTenant, { id: 'initech' }), ['--yes']],
    ['resume', on(resumeTenant, { id: 'initech' }), []],
    ['delete', on(deleteTenant, { id: 'initech' }), ['--yes']],
    ['restore', on(restoreTenant, { id: 'initech' }), []],
  ])('%ss with a reason', async (word, route, more) => {
    const words = [word, 'initech', '--reason', 'Contract ended.', ...more];
    const { code, calls } = await tenant(words, { [route]: { body: initech } });
    expect(code).toBe(0);
    expect(calls.map(({ body }) => body)).toEqual([{ reason: 'Contract ended.' }]);
  });

  it('says until when a deletion can be called off', async () => {
    const deleting = { ...initech, status: 'deleting', delete_at: '2026-12-01T00:00:00.000Z' };
    const { stdout } = await tenant(['delete', 'initech', '--reason', 'x', '--yes'], {
      [on(deleteTenant, { id: 'initech' })]: { status: 202, body: deleting },
    });
    expect(stdout).toContain('destroyed from 2026-12-01T00:00:00.000Z on');
    expect(stdout).toContain('openclaw tenant restore initech');
  });

  it.each(['suspend', 'delete'])('%ss nothing when there is nobody to ask', async (word) => {
    const { code, stderr, calls } = await tenant([word, 'initech', '--reason', 'x'], {});
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(calls).toEqual([]);
  });

  it('needs a reason', async () => {
    const { code, stderr, calls } = await tenant(['delete', 'initech', '--yes'], {});
    expect(code).toBe(2);
    expect(stderr).toContain('--reason');
    expect(calls).toEqual([]);
  });

  it('passes a refusal on', async () => {
    const { code, stderr } = await tenant(['list'], {
      [on(listTenants)]: refusal(403, 'forbidden', 'Your role does not allow this.'),
    });
    expect(code).toBe(4);
    expect(stderr).toContain('Your role does not allow this.');
  });
});
