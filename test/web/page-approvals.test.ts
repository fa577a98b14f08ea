import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedApproval, recordedDigest, recordedLead, recordedQueued } from './recorded.ts';
import { accessibilityFaults, picture, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const card = (page: Page, name: string | RegExp) => page.getByRole('article', { name });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const reason = (page: Page) => page.getByLabel('Reason', { exact: true });
const alert = (page: Page) => page.getByRole('alert');

describe('somebody who decides', () => {
  beforeEach(() => {
    const { gateway } = stage;
    gateway.who = recordedLead;
    gateway.approvals = [recordedApproval];
  });

  it('says to those who decide why they are asked once more, and until when it waits', async () => {
    const { gateway, page } = stage;
    const message = 'An earlier vote no longer counts.';
    const waits = {
      until: '2126-01-10T12:17:00.000Z',
      to: 'send',
      error: 'api_rate_limited',
      message: 'The provider takes no call before 12:17 UTC.',
    } as const;
    gateway.approvals = [
      { ...recordedApproval, round: 2, asked_again: { code: 'vote_void', message }, waits },
    ];
    await page.goto(gateway.url);
    await page.getByText(message).waitFor();
    await page.getByText(waits.message).waitFor();
  });

  it('sees who asks for what, why, and under which policy, before approving just that', async () => {
    const { gateway, page } = stage;
    await page.goto(gateway.url);
    const approval = card(page, 'Comment on an issue: acme/website#7');
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
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'to-decide');
    await approval.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Nothing waits for you.').waitFor();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Approved');
    expect(gateway.posts).toMatchObject([
      {
        path: `/api/v1/approvals/${recordedApproval.id}/decision`,
        body: { decision: 'approve', digest: recordedDigest },
      },
    ]);
    await page.getByText('Closed', { exact: true }).click();
    await page.getByText('Approved by lead@acme.test.').waitFor();
  });

  it('sees what waits although newer ones are closed, and looks at those only when asked to', async () => {
    const { gateway, page } = stage;
    gateway.approvals = [
      {
        ...recordedApproval,
        id: 'apr_closed',
        target: 'acme/website#8',
        state: 'rejected',
        may_decide: false,
      },
      recordedApproval,
    ];
    await page.goto(gateway.url);
    await button(page, 'Approve').waitFor();
    expect(gateway.reads.filter((path) => path.startsWith('/api/v1/approvals'))).toContain(
      '/api/v1/approvals?state=pending&limit=100',
    );
    expect(gateway.reads).not.toContain('/api/v1/approvals');
    await page.getByText('Closed', { exact: true }).click();
    await page.getByText('Comment on an issue: acme/website#8').waitFor();
  });

  it('rejects with a reason only', async () => {
    const { gateway, page } = stage;
    await page.goto(gateway.url);
    await button(page, 'Reject').click();
    expect(await reason(page).getAttribute('aria-invalid')).toBe('true');
    expect(await reason(page).evaluate((field) => field === document.activeElement)).toBe(true);
    expect(gateway.posts).toEqual([]);
    await reason(page).fill('Not in 2.1');
    await button(page, 'Reject').click();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(gateway.posts[0]?.body).toEqual({
      decision: 'reject',
      digest: recordedDigest,
      reason: 'Not in 2.1',
    });
  });

  it('is told when somebody else was faster', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/409/);
    await page.goto(gateway.url);
    await button(page, 'Approve').waitFor();
    gateway.refusal = {
      status: 409,
      error: 'APPROVAL_NOT_PENDING',
      message: 'This approval has been decided already.',
    };
    gateway.approvals = [{ ...recordedApproval, state: 'rejected', may_decide: false }];
    await button(page, 'Approve').click();
    await alert(page).getByText('APPROVAL_NOT_PENDING').waitFor();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(await alert(page).getByText('APPROVAL_NOT_PENDING').count()).toBe(1);
  });

  it('sees a new one come by itself', async () => {
    const { gateway, page } = stage;
    gateway.approvals = [];
    await page.goto(gateway.url);
    await page.getByText('Nothing waits for you.').waitFor();
    gateway.approvals = [recordedApproval];
    await button(page, 'Approve').waitFor();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('New to approve');
  });

  it.each(['light', 'dark'] as const)('can read everything on a small screen, %s', async (colorScheme) => {
    const { gateway, page } = stage;
    gateway.requests = [recordedQueued];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(gateway.url);
    await button(page, 'Approve').waitFor();
    await card(page, /^comment on/)
      .getByText('Needs approval')
      .waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, `small-${colorScheme}`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await picture(page, `wide-${colorScheme}`);
  });
});
