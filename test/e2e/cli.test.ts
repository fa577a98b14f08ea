import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { approvalView } from '#domain/approval/approval.schema.ts';
import { auditPage } from '#domain/audit/audit.schema.ts';
import { requestView } from '#domain/request/request.schema.ts';
import { type Ended, openclaw, startOpenclaw } from '../cli/run-openclaw.ts';
import { signInByDevice } from '../support/device-sign-in.ts';
import { patience } from '../support/patience.ts';
import { commentsWritten } from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const queued = requestView.extend({ state: z.literal('queued') });
const failure = z.object({ error: z.string(), message: z.string(), hint: z.string().optional() });

/** Words as a terminal would split them. */
type Run = (words: readonly string[], env?: Record<string, string>) => Promise<Ended>;

describe('the story with the command line alone', () => {
  let stack: TestStack;
  const folders: string[] = [];

  const person = (): { configDir: string; run: Run } => {
    const configDir = mkdtempSync(join(tmpdir(), 'openclaw-e2e-cli-'));
    folders.push(configDir);
    return { configDir, run: (words, env = {}) => openclaw(words, { configDir, env }) };
  };
  const user = person();
  const lead = person();

  /** `auth login` in the terminal, the provider's pages in a browser. */
  const signIn = ({ configDir }: { configDir: string }, email: string): Promise<Ended> =>
    signInByDevice(startOpenclaw(['auth', 'login', '--json'], { configDir }), email);

  const approvalOf = (ended: Ended): string => queued.parse(ended.json()).actions[0]?.approval_id ?? '';

  beforeAll(async () => {
    stack = await startStack();
    for (const { run } of [user, lead]) {
      const { code, stderr } = await run(['config', 'set', 'gateway_url', stack.api]);
      if (code !== 0) throw new Error(stderr);
    }
  });
  afterAll(async () => {
    await stack?.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('is told to sign in first, then signs two people in by the device flow', async () => {
    const before = await user.run(['requests', 'list']);
    expect(before).toMatchObject({ code: 3, stdout: '' });
    expect(before.stderr).toContain('openclaw auth login');
    const [one, other] = await Promise.all([signIn(user, 'user@acme.test'), signIn(lead, 'lead@acme.test')]);
    expect(one).toMatchObject({ code: 0 });
    expect(one.json()).toMatchObject({ gateway: stack.api, user: { userId: 'acme-user', roles: ['user'] } });
    expect(other.json()).toMatchObject({ user: { userId: 'acme-lead', roles: ['team_lead'] } });
  });

  it('shows where one is connected, as whom, and what is active, to the column', async () => {
    const ended = await user.run(['status']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe(`Gateway:     ${stack.api}
Status:      Connected
User:        user@acme.test
Role:        user
Tenant:      acme
Org Unit:    engineering/web

Enterprise Plugins:
${ended.stdout.split('Enterprise Plugins:\n')[1]}`);
    expect(ended.stdout).toMatch(/^ {2}[a-z-]+ +active$/m);
    expect(ended.stdout).toMatch(/^ {2}connector-github {4}active$/m);
  });

  it('answers what policy allows', async () => {
    const ended = await user.run(['ask', 'list', 'the', 'open', 'issues', 'of', 'acme/website']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('#7 Footer links are broken');
    expect(ended.stdout).toContain('Planned by: built-in rules');
  });

  it('queues a comment; the lead reads, approves; whoever waits with --wait gets the answer', async () => {
    const waiting = startOpenclaw(['ask', '--wait', 'comment on acme/website#7: Fixed in 2.1'], user);
    const said = await waiting.said(/Approval: apr_\w+/);
    const id = /apr_\w+/.exec(said)?.[0] ?? '';

    const [listed, shown, data] = await Promise.all([
      lead.run(['approvals', 'list']),
      lead.run(['approvals', 'show', id]),
      lead.run(['approvals', 'show', id, '--json']),
    ]);
    expect(listed.stdout).toMatch(new RegExp(`^${id} +pending +yes .*user@acme\\.test`, 'm'));
    expect(shown.stdout).toContain('Asked by:   Uma User, user@acme.test, engineering/web');
    expect(shown.stdout).toContain('  | Fixed in 2.1');
    const { digest } = approvalView.parse(data.json());

    const [unsure, unread, own] = await Promise.all([
      lead.run(['approvals', 'approve', id]),
      lead.run(['approvals', 'approve', id, '--yes', '--digest', '0'.repeat(64)]),
      user.run(['approvals', 'approve', id, '--yes', '--json']),
    ]);
    expect(unsure.code).toBe(2);
    expect(unread.code).toBe(1);
    expect(own.code).toBe(4);
    expect(failure.parse(JSON.parse(own.stderr)).error).toBe('APPROVAL_OWN_REQUEST');
    expect(await commentsWritten(stack, 'Fixed in 2.1')).toBe(0);

    const approved = await lead.run(['approvals', 'approve', id, '--yes', '--digest', digest, '--json']);
    expect(approved.code).toBe(0);
    expect(approved.json()).toMatchObject({ id, decided_by: { email: 'lead@acme.test' } });
    const ended = await waiting.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Commented on acme/website#7');
    expect(await commentsWritten(stack, 'Fixed in 2.1')).toBe(1);

    const again = await lead.run(['approvals', 'reject', id, '--yes', '--reason', 'too late', '--json']);
    expect(again.code).toBe(1);
    expect(failure.parse(JSON.parse(again.stderr)).error).toBe('APPROVAL_NOT_PENDING');
  });

  it('carries the reason of a rejection to the requester', async () => {
    const asked = await user.run(['ask', '--json', 'comment on acme/website#7: Ship it on Friday']);
    expect(asked.code).toBe(0);
    const id = approvalOf(asked);
    const words = ['approvals', 'reject', id, '--yes', '--reason', 'Not on a Friday, please.'];
    expect((await lead.run(words)).code).toBe(0);
    const { id: requestId } = queued.parse(asked.json());
    await expect
      .poll(async () => (await user.run(['requests', 'show', requestId])).stdout, patience)
      .toMatch(/^Rejected\.$[^]*why: Not on a Friday, please\./m);
    expect(await commentsWritten(stack, 'Ship it on Friday')).toBe(0);
  });

  it('takes a request back that waits', async () => {
    const asked = await user.run(['ask', '--json', 'comment on acme/website#7: On second thoughts']);
    const { id } = queued.parse(asked.json());
    const withdrawn = await user.run(['requests', 'withdraw', id, '--json']);
    expect(withdrawn.code).toBe(0);
    const decided = await lead.run(['approvals', 'approve', approvalOf(asked), '--yes']);
    expect(decided.code).toBe(1);
    expect(await commentsWritten(stack, 'On second thoughts')).toBe(0);
  });

  it('ends a denial with the reason of the rule, and code 1', async () => {
    const ended = await user.run(['ask', 'close pull request acme/website#9']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('Denied.');
    expect(ended.stdout).toContain('why: github_pr_close is blocked by "Shipped enterprise actions"');
  });

  it('says what it can do when it does not understand', async () => {
    const ended = await user.run(['ask', 'dance']);
    expect(ended.stdout).toContain('I work by built-in rules, not by a language model');
    expect(ended.stdout).toContain('comment on');
  });

  it('gives up waiting when told to, and the request goes on', async () => {
    const text = 'comment on acme/website#7: Nobody decides this';
    const ended = await user.run(['ask', '--wait', '--timeout', '6', '--json', text]);
    expect(ended.code).toBe(6);
    const { error } = failure.parse(JSON.parse(ended.stderr));
    expect(error).toBe('unfinished');
    expect((await user.run(['requests', 'list'])).stdout).toMatch(/^req_\w+ +\w+ .*Nobody decides this$/m);
  });

  it('shows the record, to each what they may see', async () => {
    const seen = auditPage.parse((await lead.run(['audit', 'list', '--json', '--limit', '1000'])).json());
    const events = new Set(seen.entries.map(({ event, outcome }) => `${event} ${outcome}`));
    for (const event of [
      'github.issue_commented pending_approval',
      'github.issue_commented intended',
      'github.issue_commented success',
      'github.pull_request_closed denied',
    ])
      expect(events).toContain(event);
    const own = await user.run(['audit', 'list', '--outcome', 'denied']);
    expect(own.code).toBe(0);
    expect(own.stdout).toContain('acme-user');
    expect(own.stdout).not.toContain('acme-lead');
  });

  it('renews a token that ends, and says so when the sign-in is over for good', async () => {
    const file = join(lead.configDir, 'credentials.json');
    const kept = z.record(z.string(), z.looseObject({ refreshToken: z.string() })).parse(read(file));
    const change = (fields: object) =>
      writeFileSync(file, JSON.stringify({ [stack.api]: { ...kept[stack.api], ...fields } }));
    change({ expiresAt: Date.now() - 60_000 });
    expect((await lead.run(['auth', 'whoami'])).code).toBe(0);
    change({ expiresAt: Date.now() - 60_000, refreshToken: 'revoked' });
    const [over, foreign] = await Promise.all([
      lead.run(['approvals', 'list', '--json']),
      lead.run(['approvals', 'list'], { OPENCLAW_TOKEN: 'not.a.token' }),
    ]);
    expect(over).toMatchObject({ code: 3, stdout: '' });
    expect(failure.parse(JSON.parse(over.stderr)).hint).toContain('openclaw auth login');
    expect(foreign.code).toBe(3);
  });

  it('signs out, and nothing of the sign-in is left', async () => {
    expect((await user.run(['auth', 'logout'])).code).toBe(0);
    expect(JSON.stringify(read(join(user.configDir, 'credentials.json')))).toBe('{}');
    expect((await user.run(['auth', 'whoami'])).code).toBe(3);
  });

  it('says which mapping is missing to somebody without a role, and where the gateway is not', async () => {
    const groupRoles = JSON.stringify([{ group: 'openclaw-admins', role: 'enterprise_admin' }]);
    await stack.gateway.restart({ OIDC_GROUP_ROLES: groupRoles });
    const token = await stack.token('user@acme.test');
    const refused = await user.run(['requests', 'list'], { OPENCLAW_TOKEN: token });
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toContain('403 Forbidden');
    expect(refused.stderr).toContain('none of your groups gives you a role');
    expect(refused.stderr).toContain('role mapping');

    await stack.gateway.stop();
    const away = await user.run(['status'], { OPENCLAW_TOKEN: token });
    expect(away.code).toBe(5);
    expect(away.stdout).toContain('Status:      Unreachable');
    expect(away.stderr).toContain(`Connection refused by the gateway at ${stack.api}`);
  });
});

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
