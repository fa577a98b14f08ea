import { describe, expect, it, onTestFinished } from 'vitest';
import { listAuditEntries } from '#domain/audit/calls.ts';
import { auditAnswer, requestId } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

async function audit(words: string[], body = auditAnswer) {
  const gateway = await startRecordedGateway({ [on(listAuditEntries)]: { body } });
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return { ...(await openclaw(['audit', 'list', ...words], options)), calls: gateway.calls };
}

describe('openclaw audit list', () => {
  it('prints one line per entry and how many there are', async () => {
    const { code, stdout } = await audit([]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `github.issue_commented  success  require_approval  pol_acme@1  acme-user  ${requestId}`,
    );
    expect(stdout).toContain('Entries 1 to 1 of 1');
  });

  it('passes every filter on under the name of the API', async () => {
    const { json, calls } = await audit(
      `--user acme-user --type tool_invocation --outcome success --policy-result allow --from 2026-11-01
       --to 2026-11-21T10:00:00+01:00 --request ${requestId} --limit 5 --offset 10 --json`.split(/\s+/),
    );
    expect(json()).toEqual(auditAnswer);
    expect(calls[0]?.query).toEqual({
      user_id: 'acme-user',
      action_type: 'tool_invocation',
      outcome: 'success',
      policy_result: 'allow',
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-21T10:00:00+01:00',
      request_id: requestId,
      limit: '5',
      offset: '10',
    });
  });

  it('asks for nobody, and not for everybody, where a filter is empty, as an unset variable of a shell is', async () => {
    const { calls } = await audit(['--user', '']);
    expect(calls[0]?.query).toEqual({ user_id: '' });
  });

  it('says how to go on, and that there are more than were counted', async () => {
    const page = { ...auditAnswer, total: 100_000, total_exact: false, next_cursor: 'abc' };
    const { stdout, calls } = await audit(['--cursor', 'xyz', '--exact'], page);
    expect(stdout).toContain('of 100000 and more');
    expect(stdout).toContain('More: --cursor abc');
    expect(calls[0]?.query).toEqual({ cursor: 'xyz', total: 'exact' });
  });

  it.each([[['--from', 'yesterday']], [['--limit', '5000']], [['--limit', 'x']], [['--type', 'nonsense']]])(
    'refuses %j before it calls',
    async (words) => {
      const { code, calls } = await audit(words);
      expect(code).toBe(2);
      expect(calls).toEqual([]);
    },
  );
});
