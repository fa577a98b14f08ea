import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openBrowser, signInWith, type TestBrowser, type Visitor } from '../support/browser.ts';
import { needing } from '../support/needing.ts';
import { commentsWritten } from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';
import { picture } from '../web/use-page.ts';

const describe = needing('chromium');

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const card = (page: Page, name: string | RegExp) => page.getByRole('article', { name });
const approvalCard = (page: Page, text: string) =>
  card(page, 'Comment on a GitHub issue: acme/website#7').filter({ hasText: text });

async function ask(page: Page, text: string): Promise<void> {
  await page.getByLabel('What do you want done?').fill(text);
  await button(page, 'Ask').click();
  await card(page, text).waitFor();
}

/** From now on the list of requests stays as it is; says which views of requests are asked for all the same. */
async function freezeList({ page, context }: Visitor, api: string): Promise<string[]> {
  const body = await (await context.request.get(`${api}/api/v1/requests?limit=50`)).text();
  await page.route(/\/api\/v1\/requests\?/, (route) =>
    route.fulfill({ contentType: 'application/json', body }),
  );
  const asked: string[] = [];
  page.on('request', (call) => {
    if (/\/requests\/req_\w+$/.test(call.url())) asked.push(call.url());
  });
  return asked;
}

describe('the page, with two people in front of it', () => {
  let stack: TestStack;
  let browser: TestBrowser;
  let user: Visitor;
  let lead: Visitor;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startStack(), openBrowser()]);
    [user, lead] = await Promise.all([browser.visitor(), browser.visitor()]);
    await Promise.all([
      user.page.goto(stack.api).then(() => signInWith(user.page, 'user@acme.test')),
      lead.page.goto(stack.api).then(() => signInWith(lead.page, 'lead@acme.test')),
    ]);
  });
  afterEach(() => {
    const complaints = [...user.complaints.splice(0), ...lead.complaints.splice(0)];
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });

  it('signs in across two sites, and keeps nothing that a script could read', async () => {
    expect(new URL(stack.issuer).hostname).not.toBe(new URL(stack.api).hostname);
    const [session] = (await user.context.cookies(stack.api)).filter(({ name }) => name === 'session');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(await user.page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0]);
    expect(new URL(user.page.url()).href).toBe(`${stack.api}/`);
    expect(await user.page.getByRole('heading', { name: 'Approvals' }).count()).toBe(0);
    expect(await lead.page.getByRole('heading', { name: 'Approvals' }).count()).toBe(1);
  });

  it('still knows the person after a reload, and in a page opened from elsewhere', async () => {
    await user.page.reload();
    await user.page.getByRole('banner').getByText('user@acme.test').waitFor();
    const opened = await user.context.newPage();
    await opened.goto(`${stack.issuer}/style.css`);
    await opened.evaluate((address) => location.assign(address), stack.api);
    await opened.getByRole('banner').getByText('user@acme.test').waitFor();
    await opened.close();
  });

  it('answers a question that policy allows', async () => {
    const { page } = user;
    await ask(page, 'list the open issues of acme/website');
    const asked = card(page, 'list the open issues of acme/website');
    await asked.getByText('Footer links are broken').waitFor();
    expect(await asked.getByText('Done', { exact: true }).count()).toBeGreaterThan(0);
    await picture(page, 'e2e-user-answered');
  });

  it('shows the user what waits, the lead what to decide, and the user the answer, by itself', async () => {
    const text = 'comment on acme/website#7: Fixed in 2.1';
    await ask(user.page, text);
    const asked = card(user.page, text);
    await asked.getByText('Waiting for approval', { exact: true }).first().waitFor();
    await picture(user.page, 'e2e-user-queued');
    const views = await freezeList(user, stack.api);
    const { journeys } = user;

    const approval = approvalCard(lead.page, 'Fixed in 2.1');
    await approval.waitFor();
    expect(await approval.getByLabel('Exactly what would be sent').textContent()).toBe('Fixed in 2.1');
    await approval.getByText('Uma User (user@acme.test)').waitFor();
    await picture(lead.page, 'e2e-lead-to-decide');
    expect(await commentsWritten(stack, 'Fixed in 2.1')).toBe(0);
    await approval.getByRole('button', { name: 'Approve' }).click();
    await lead.page.getByText('Nothing waits for you.').waitFor();

    await asked.getByText('Commented on acme/website#7').waitFor();
    expect(await asked.getByText('Done', { exact: true }).count()).toBeGreaterThan(0);
    await asked.getByText('Approved by lead@acme.test.').waitFor();
    // Neither a reload nor a poll: the event stream brought it.
    expect({ journeys: user.journeys, views }).toEqual({ journeys, views: [] });
    expect(await commentsWritten(stack, 'Fixed in 2.1')).toBe(1);
    await picture(user.page, 'e2e-user-done');
    await user.page.unrouteAll({ behavior: 'wait' });
  });

  it('carries the reason of a rejection to the requester', async () => {
    const text = 'comment on acme/website#7: Ship it on Friday';
    await ask(user.page, text);
    const approval = approvalCard(lead.page, 'Ship it on Friday');
    await approval.getByRole('textbox', { name: 'Reason' }).fill('Not on a Friday, please.');
    await approval.getByRole('button', { name: 'Reject' }).click();
    const asked = card(user.page, text);
    await asked.getByText('Not on a Friday, please.').waitFor();
    await asked.getByText('Rejected', { exact: true }).first().waitFor();
    expect(await commentsWritten(stack, 'Ship it on Friday')).toBe(0);
    await lead.page.getByText('Closed', { exact: true }).click();
    await lead.page.getByText('Not on a Friday, please.').waitFor();
    await picture(lead.page, 'e2e-lead-closed');
  });

  it('shows the reason of the rule that denies', async () => {
    const text = 'close pull request acme/website#9';
    await ask(user.page, text);
    const asked = card(user.page, text);
    await asked.getByText('Denied', { exact: true }).first().waitFor();
    // What ended before the page had it comes folded.
    if (!(await asked.getByText('Verdict').isVisible())) await asked.getByText(text).first().click();
    await asked.getByText('github_pr_close is blocked by "Shipped enterprise actions"').waitFor();
    await picture(user.page, 'e2e-user-denied');
  });

  it('lets the user take a waiting request back, which the lead sees go', async () => {
    const text = 'comment on acme/website#7: On second thoughts';
    await ask(user.page, text);
    await approvalCard(lead.page, 'On second thoughts').waitFor();
    await card(user.page, text).getByRole('button', { name: 'Withdraw' }).click();
    await card(user.page, text).getByText('Withdrawn', { exact: true }).first().waitFor();
    await approvalCard(lead.page, 'On second thoughts').waitFor({ state: 'detached' });
    expect(await commentsWritten(stack, 'On second thoughts')).toBe(0);
  });

  it('records nothing under one name for another who signed in in the same browser', async () => {
    const text = 'comment on acme/website#7: Whose word is this';
    await ask(user.page, text);
    const approval = approvalCard(lead.page, 'Whose word is this');
    await approval.getByRole('textbox', { name: 'Reason' }).fill('Reads well');
    const other = await lead.context.newPage();
    await other.goto(stack.api);
    await button(other, 'Sign out').click();
    await other.getByRole('button', { name: 'Yes, sign out' }).click();
    await other.getByRole('link', { name: 'Sign in' }).waitFor();
    await signInWith(other, 'admin@acme.test');

    const told = lead.page.getByText('admin@acme.test is signed in now.');
    await told.waitFor();
    await approval.getByRole('button', { name: 'Approve' }).click();
    await lead.page
      .getByRole('alert')
      .filter({ hasText: 'Comment on a GitHub issue' })
      .getByText('SESSION_CHANGED')
      .waitFor();
    expect(await lead.page.getByRole('banner').getByText('lead@acme.test').count()).toBe(1);
    expect(await approval.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe('Reads well');
    await approvalCard(other, 'Whose word is this').getByRole('button', { name: 'Approve' }).waitFor();
    expect(await commentsWritten(stack, 'Whose word is this')).toBe(0);
    await picture(lead.page, 'e2e-session-changed');

    await button(lead.page, 'Go on as admin@acme.test').click();
    await told.waitFor({ state: 'detached' });
    await approval.getByRole('button', { name: 'Approve' }).click();
    await card(user.page, text).getByText('Approved by admin@acme.test.').waitFor();
    await other.close();
    // Refused, rightly: what was under way when the session ended, and what was sent from another's page.
    const refused = /\/api\/v1\/.*(?:401|409)/;
    lead.complaints.splice(0, Infinity, ...lead.complaints.filter((words) => !refused.test(words)));
  });

  it('serves the description of the API under the same policy', async () => {
    const described = await user.context.newPage();
    described.on('console', (message) => user.complaints.push(message.text()));
    await described.goto(`${stack.api}/docs`);
    await described.getByRole('link', { name: 'POST /api/v1/requests', exact: true }).click();
    await described.getByRole('heading', { name: 'POST /api/v1/requests', exact: true }).waitFor();
    await described.close();
  });

  it('signs out here and at the provider, so that the next sign-in asks for the password', async () => {
    const { page, context } = user;
    await button(page, 'Sign out').click();
    await page.getByRole('button', { name: 'Yes, sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    // A poll that is under way while the session ends is refused, rightly.
    const late = user.complaints.findIndex((words) => /\/api\/v1\/.*401/.test(words));
    if (late >= 0) user.complaints.splice(late, 1);
    await picture(page, 'e2e-signed-out');
    expect((await context.cookies(stack.api)).filter(({ name }) => name === 'session')).toEqual([]);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('Password').waitFor();
    await picture(page, 'e2e-sign-in');
  });
});
