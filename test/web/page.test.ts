import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWebIfStale } from '#web/build.ts';
import { complaintsOf, launchChromium, picture } from './browser.ts';
import {
  recordedAction,
  recordedApproval,
  recordedDigest,
  recordedLead,
  recordedRequest,
  recordedUser,
} from './recorded.ts';
import { type RecordedGateway, startRecordedGateway } from './recorded-gateway.ts';

let dist = '';
let browser: Browser;
let context: BrowserContext;
let page: Page;
let gateway: RecordedGateway;
let complaints: string[] = [];
/** Complaints that a test provokes itself, by a refusal or a cut connection. */
let expected: RegExp | undefined;

beforeAll(async () => {
  dist = await mkdtemp(path.join(tmpdir(), 'page-'));
  await buildWebIfStale(dist);
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await rm(dist, { recursive: true, force: true });
});

beforeEach(async () => {
  expected = undefined;
  gateway = await startRecordedGateway(dist);
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  complaints = complaintsOf(page);
});

afterEach(async () => {
  await context.close();
  await gateway.close();
  expect(complaints.filter((words) => !expected?.test(words))).toEqual([]);
});

const queued = {
  ...recordedRequest,
  state: 'queued',
  planner: 'built-in rules',
  actions: [recordedAction],
} as const;
const card = (name: string | RegExp) => page.getByRole('article', { name });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const alert = () => page.getByRole('alert');

async function open(): Promise<void> {
  await page.goto(gateway.url);
}

/** Rules of WCAG 2 A and AA that the page breaks as it stands. */
async function accessibilityFaults(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

describe('somebody who is not signed in', () => {
  it('is shown the way to the sign-in page', async () => {
    expected = /401/;
    await open();
    const link = page.getByRole('link', { name: 'Sign in' });
    expect(await link.getAttribute('href')).toBe('/auth/login?return_to=/');
    expect(await accessibilityFaults()).toEqual([]);
    await picture(page, 'signed-out');
  });
});

describe('somebody who asks', () => {
  beforeEach(() => {
    gateway.who = recordedUser;
  });

  it('sees who they are, and signs out', async () => {
    await open();
    const who = page.getByRole('banner');
    for (const words of ['user@acme.test', 'User', 'acme', 'engineering/web']) {
      await who.getByText(words, { exact: true }).waitFor();
    }
    expect(await page.getByRole('heading', { name: 'Approvals' }).count()).toBe(0);
    await button('Sign out').click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(gateway.posts.map((post) => post.path)).toEqual(['/auth/logout']);
  });

  it('watches the request change without doing anything', async () => {
    await open();
    gateway.requests = [recordedRequest];
    await page.getByLabel('What do you want done?').fill('comment on acme/website#7: Fixed in 2.1');
    await page.getByLabel('What do you want done?').press('Control+Enter');
    await card(/comment on/)
      .getByText('Received')
      .waitFor();
    expect(await page.getByLabel('What do you want done?').inputValue()).toBe('');
    gateway.approvals = [{ ...recordedApproval, may_decide: false }];
    gateway.change({ ...queued, updated_at: '2026-01-10T12:00:01.000Z' });
    await card(/comment on/)
      .getByText('Needs approval')
      .waitFor();
    await card(/comment on/)
      .getByText('Waits for a team lead or above')
      .waitFor();
    await picture(page, 'queued');
    const answer = 'Commented: <b>https://github.test/7</b>';
    gateway.change({
      ...queued,
      state: 'answered',
      updated_at: '2026-01-10T12:00:02.000Z',
      finished_at: '2026-01-10T12:00:02.000Z',
      actions: [{ ...recordedAction, state: 'done', answer }],
    });
    await card(/comment on/)
      .getByText(answer)
      .waitFor();
    expect(await page.getByRole('status').textContent()).toContain('Done');
    expect(await button('Withdraw').count()).toBe(0);
    expect(await accessibilityFaults()).toEqual([]);
    await picture(page, 'answered');
  });

  it('sends a request whose answer was lost again under the same key', async () => {
    expected = /ERR_EMPTY_RESPONSE|ERR_CONNECTION/;
    await open();
    gateway.nextPost = 'cut';
    await page.getByLabel('What do you want done?').fill('list the open issues of acme/website');
    await button('Ask').click();
    await alert().getByText('NO_ANSWER').waitFor();
    expect(await page.getByLabel('What do you want done?').inputValue()).toBe(
      'list the open issues of acme/website',
    );
    await page.reload();
    gateway.requests = [recordedRequest];
    await button('Ask').click();
    await card(/comment on/).waitFor();
    const [first, second] = gateway.posts;
    expect(second?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toEqual(first);
    await page.getByLabel('What do you want done?').fill('list the open issues of acme/website');
    await button('Ask').click();
    await expect.poll(() => gateway.posts.length).toBe(3);
    expect(gateway.posts[2]?.idempotencyKey).not.toBe(first?.idempotencyKey);
  });

  it('is told what is wrong, with its code, and asks nothing empty', async () => {
    expected = /400/;
    await open();
    await button('Ask').click();
    await alert().getByText('Write what you want done.').waitFor();
    gateway.nextPost = { status: 400, error: 'INVALID_TEXT', message: 'Not valid Unicode.' };
    await page.getByLabel('What do you want done?').fill('x');
    await button('Ask').click();
    await alert().getByText('INVALID_TEXT').waitFor();
    expect(gateway.posts).toHaveLength(1);
  });

  it('takes up a suggestion', async () => {
    gateway.requests = [
      {
        ...recordedRequest,
        state: 'answered',
        text: 'dance',
        answer: 'I cannot do that.',
        suggestions: ['list issues'],
      },
    ];
    await open();
    await card('dance').getByText('dance').click();
    await card('dance').getByRole('button', { name: 'list issues' }).click();
    expect(await page.getByLabel('What do you want done?').inputValue()).toBe('list issues');
  });

  it('withdraws what waits', async () => {
    gateway.requests = [queued];
    await open();
    await button('Withdraw').click();
    await card(/comment on/)
      .getByText('Withdrawn')
      .waitFor();
    expect(gateway.posts.map((post) => post.path)).toEqual([`/api/v1/requests/${queued.id}/withdraw`]);
  });

  it('says what happened where nobody knows, with a reason', async () => {
    gateway.requests = [
      {
        ...queued,
        state: 'outcome_unknown',
        actions: [{ ...recordedAction, state: 'outcome_unknown', approval_id: null }],
      },
    ];
    await open();
    await button('It happened').click();
    expect(await page.getByLabel('What did you see?').getAttribute('aria-invalid')).toBe('true');
    await picture(page, 'outcome-unknown');
    expect(gateway.posts).toEqual([]);
    for (const name of ['Send again', 'Give up']) expect(await button(name).count()).toBe(1);
    await page.getByLabel('What did you see?').fill('The comment is there.');
    await button('It happened').click();
    await card(/comment on/)
      .getByText('Done')
      .waitFor();
    expect(gateway.posts[0]?.body).toEqual({ n: 1, resolution: 'happened', reason: 'The comment is there.' });
  });

  it('loses nothing when the session ends', async () => {
    expected = /401/;
    gateway.requests = [recordedRequest];
    await open();
    await page.getByLabel('What do you want done?').fill('half a thought');
    gateway.who = undefined;
    await button('Ask').click();
    await page.getByText('Your session has ended.').waitFor();
    await picture(page, 'session-ended');
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe(
      '/auth/login?return_to=/',
    );
    gateway.who = recordedUser;
    await page.reload();
    expect(await page.getByLabel('What do you want done?').inputValue()).toBe('half a thought');
    gateway.who = { ...recordedUser, userId: 'acme-other' };
    await page.reload();
    expect(await page.getByLabel('What do you want done?').inputValue()).toBe('');
  });

  it('keeps fetching when more requests are open than a browser has connections', async () => {
    gateway.requests = Array.from({ length: 9 }, (_, n) => ({
      ...queued,
      id: `req_${n}`,
      text: `ask ${n}`,
      actions: [],
    }));
    await open();
    await card('ask 0').waitFor();
    gateway.change({
      ...queued,
      id: 'req_0',
      text: 'ask 0',
      actions: [],
      state: 'denied',
      updated_at: '2026-01-10T12:00:09.000Z',
    });
    await card('ask 0').getByText('Denied').waitFor();
  });
});

describe('somebody who decides', () => {
  beforeEach(() => {
    gateway.who = recordedLead;
    gateway.approvals = [recordedApproval];
  });

  it('sees who asks for what, why, and under which policy, before approving just that', async () => {
    await open();
    const approval = card('Comment on an issue: acme/website#7');
    for (const words of [
      'Uma User (user@acme.test)',
      'wants a person to approve',
      'pol_01KAQ0V5Z8J3M6N9P2R5T8W1XA@3',
      'expires in',
    ]) {
      await approval.getByText(words).waitFor();
    }
    expect(await page.getByLabel('Exactly what would be sent').textContent()).toBe(recordedApproval.preview);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('OpenClaw Enterprise');
    expect(await approval.getByText(recordedDigest).isVisible()).toBe(false);
    await approval.getByText('Digest').click();
    expect(await approval.getByText(recordedDigest).isVisible()).toBe(true);
    expect(await accessibilityFaults()).toEqual([]);
    await picture(page, 'to-decide');
    await approval.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(await page.getByRole('status').textContent()).toContain('Approved');
    expect(gateway.posts).toMatchObject([
      {
        path: `/api/v1/approvals/${recordedApproval.id}/decision`,
        body: { decision: 'approve', digest: recordedDigest },
      },
    ]);
    await page.getByText('Closed (1)').click();
    await page.getByText('Approved by lead@acme.test.').waitFor();
  });

  it('rejects with a reason only', async () => {
    await open();
    await button('Reject').click();
    expect(await page.getByLabel('Reason', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(
      await page.getByLabel('Reason', { exact: true }).evaluate((field) => field === document.activeElement),
    ).toBe(true);
    expect(gateway.posts).toEqual([]);
    await page.getByLabel('Reason', { exact: true }).fill('Not in 2.1');
    await button('Reject').click();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(gateway.posts[0]?.body).toEqual({
      decision: 'reject',
      digest: recordedDigest,
      reason: 'Not in 2.1',
    });
  });

  it('is told when somebody else was faster', async () => {
    expected = /409/;
    await open();
    await button('Approve').waitFor();
    gateway.nextPost = {
      status: 409,
      error: 'APPROVAL_NOT_PENDING',
      message: 'This approval has been decided already.',
    };
    gateway.approvals = [{ ...recordedApproval, state: 'rejected', may_decide: false }];
    await button('Approve').click();
    await alert().getByText('APPROVAL_NOT_PENDING').waitFor();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(await alert().getByText('APPROVAL_NOT_PENDING').count()).toBe(1);
  });

  it('sees a new one come by itself', async () => {
    gateway.approvals = [];
    await open();
    await page.getByText('Nothing waits for you.').waitFor();
    gateway.approvals = [recordedApproval];
    await button('Approve').waitFor();
    expect(await page.getByRole('status').textContent()).toContain('New to approve');
  });

  it.each(['light', 'dark'] as const)('can read everything on a small screen, %s', async (colorScheme) => {
    gateway.requests = [queued];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await open();
    await button('Approve').waitFor();
    await card(/comment on/)
      .getByText('Needs approval')
      .waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await accessibilityFaults()).toEqual([]);
    await picture(page, `small-${colorScheme}`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await picture(page, `wide-${colorScheme}`);
  });
});
