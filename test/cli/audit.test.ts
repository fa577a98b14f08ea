import { describe, expect, it, onTestFinished } from 'vitest';
import { auditAnswer, requestId } from './recorded-answers.ts';
import { startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

async function audit(words: string[]) {
  const gateway = await startRecordedGateway({ 'GET /audit': { body: auditAnswer } });
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

  it.each([[['--from', 'yesterday']], [['--limit', '5000']], [['--limit', 'x']], [['--type', 'nonsense']]])(
    'refuses %j before it calls',
    async (words) => {
      const { code, calls } = await audit(words);
      expect(code).toBe(2);
      expect(calls).toEqual([]);
    },
  );
});
