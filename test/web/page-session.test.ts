import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedAdmin, recordedApproval, recordedLead } from './recorded.ts';
import { recordedSession } from './recorded-log.ts';
import { accessibilityFaults, picture, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const reason = (page: Page) => page.getByRole('article').getByRole('textbox', { name: 'Reason' });
const comeBack = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
const nowAdmin = 'admin@acme.test is signed in now.';

describe('a page whose browser is signed in otherwise by now', () => {
  beforeEach(async () => {
    const { gateway, page, provoked } = stage;
    provoked(/409/);
    gateway.who = recordedLead;
    gateway.approvals = [recordedApproval];
    await page.goto(gateway.url);
    await reason(page).fill('Reads well');
  });

  it('sends nothing under the name that it shows, says who it is now, and loses nothing', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedAdmin;
    await button(page, 'Approve').click();
    await page.getByText(nowAdmin).waitFor();
    expect(gateway.approvals).toEqual([recordedApproval]);
    await page.getByRole('banner').getByText('lead@acme.test').waitFor();
    expect(await reason(page).inputValue()).toBe('Reads well');
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'session-changed');

    await button(page, 'Go on as admin@acme.test').click();
    await page.getByRole('banner').getByText('admin@acme.test').waitFor();
    expect(await page.getByText(nowAdmin).count()).toBe(0);
    expect(await reason(page).inputValue()).toBe('');
    await button(page, 'Approve').click();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(gateway.approvals[0]?.decided_by?.user_id).toBe('acme-admin');

    gateway.who = recordedLead;
    gateway.approvals = [recordedApproval];
    await page.reload();
    expect(await reason(page).inputValue()).toBe('Reads well');
  });

  it('can’t sign the other person out', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedAdmin;
    await button(page, 'Sign out').click();
    await page.getByText(nowAdmin).waitFor();
    expect(gateway.who).toBe(recordedAdmin);
  });

  it('notices by what it only reads, and shows nothing of the other person’s', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedAdmin;
    gateway.sessions = [{ ...recordedSession, browser: 'Another’s Firefox/144.0' }];
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Sessions' }).click();
    await page.getByText(nowAdmin).waitFor();
    expect(gateway.reads.some((read) => read.startsWith('/api/v1/auth/sessions'))).toBe(true);
    expect(await page.getByText('Firefox').count()).toBe(0);
  });

  it('notices when somebody comes back to it, also after the session had ended', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/401|409/);
    gateway.who = undefined;
    await comeBack(page);
    await page.getByText('Your session has ended.').waitFor();
    gateway.who = recordedAdmin;
    await comeBack(page);
    await page.getByText(nowAdmin).waitFor();
    gateway.who = recordedLead;
    await comeBack(page);
    await page.getByText(nowAdmin).waitFor({ state: 'detached' });
    expect(await reason(page).inputValue()).toBe('Reads well');
  });

  it('hears of it from the tab in which it happened', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedAdmin;
    // In view, as in a window beside; nothing else asks while its lists stand still.
    await page.route('**/api/v1/{requests,approvals}*', () => {});
    const other = await page.context().newPage();
    await other.goto(gateway.url);
    await page.getByText(nowAdmin).waitFor();
  });

  it('goes on by itself when the same person has signed in again, and what they click is done once', async () => {
    const { gateway, page } = stage;
    gateway.who = { ...recordedLead, sessionId: 'ses_01KAQ0V5Z8J3M6N9P2R5T8W1XZ' };
    await button(page, 'Approve').click();
    await page.getByText('Nothing waits for you.').waitFor();
    expect(gateway.approvals[0]).toMatchObject({ state: 'approved', decision_reason: 'Reads well' });
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
