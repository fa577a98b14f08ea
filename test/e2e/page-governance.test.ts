import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import type { policyEvaluation } from '#domain/policy/explain.schema.ts';
import { openBrowser, signInWith, type TestBrowser, type Visitor } from '../support/browser.ts';
import { needing } from '../support/needing.ts';
import { patience } from '../support/patience.ts';
import { startStack, type TestStack } from '../support/stack.ts';
import { picture } from '../web/use-page.ts';

const describe = needing('chromium');

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const card = (page: Page, name: string) => page.getByRole('article', { name, exact: true });
const reason = (page: Page) => page.getByLabel('Reason', { exact: true });
const goTo = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();

const question = 'list the open issues of acme/website';

async function ask(page: Page): Promise<void> {
  await page.getByLabel('What do you want done?').fill(question);
  await button(page, 'Ask').click();
}

describe('the pages of policies, audit, sessions and tenants', () => {
  let stack: TestStack;
  let browser: TestBrowser;
  let user: Visitor;
  let admin: Visitor;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startStack(), openBrowser()]);
    [user, admin] = await Promise.all([browser.visitor(), browser.visitor()]);
    await user.page.goto(stack.api);
    await signInWith(user.page, 'user@acme.test');
    // The place in the address outlives the way to the provider and back.
    await admin.page.goto(`${stack.api}/#/policies`);
    await signInWith(admin.page, 'admin@acme.test');
  });
  afterEach(() => {
    const complaints = [...user.complaints.splice(0), ...admin.complaints.splice(0)];
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });

  it('show the shipped policies to the admin who came back from signing in', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: 'Shipped enterprise actions' }).waitFor();
    await page.getByRole('heading', { name: 'Before a change' }).waitFor();
    // The seven domains, and the rule for changes.
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(8);
    await picture(page, 'e2e-policies');
  });

  it('put a draft in force after showing whom it hits, and it hits just them', async () => {
    await ask(user.page);
    await user.page.getByText('Footer links are broken').waitFor();

    const { page } = admin;
    await page.getByRole('link', { name: 'New policy' }).click();
    await page.getByLabel('Name').fill('Web reads no issues');
    await page.getByLabel('Holds for').selectOption('team');
    await page.getByLabel('Org unit').fill('engineering/web');
    await page.getByLabel('Rules as JSON').fill('{ "action_overrides": { "github_issue_read": "block" } }');
    await reason(page).fill('While the tracker moves');
    await button(page, 'Save as draft').click();
    await card(page, 'Version 1').getByText('Draft', { exact: true }).waitFor();
    await button(page, 'Put in force').click();
    const form = page.getByRole('region', { name: 'Put version 1 in force' });
    const hit = form.getByRole('list', { name: 'Who is hit' });
    await hit.getByText('acme-user', { exact: false }).first().waitFor();
    await hit.getByText('Newly blocked').waitFor();
    await picture(page, 'e2e-impact');
    await reason(page).fill('While the tracker moves');
    await form.getByRole('button', { name: 'Put version 1 in force' }).click();
    await card(page, 'Version 1').getByText('In force', { exact: true }).waitFor();

    await expect
      .poll(
        async () => {
          await ask(user.page);
          const newest = user.page.getByRole('article', { name: question }).first();
          await newest
            .getByText(/^(Done|Denied)$/)
            .first()
            .waitFor();
          return newest.getByText('Denied', { exact: true }).count();
        },
        { timeout: 60_000, interval: 2_000 },
      )
      .toBeGreaterThan(0);
  });

  it('explain which rule of which policy decided', async () => {
    const { page } = admin;
    await goTo(page, 'Policies');
    await page.getByRole('link', { name: 'Explain a decision' }).click();
    await page.getByLabel('Action').fill('github_issue_read');
    await page.getByLabel('Person (id)').fill('acme-user');
    await button(page, 'Explain').click();
    const deciding = page.getByRole('region', { name: 'Answer' }).getByRole('article').first();
    await deciding.getByText('Denied', { exact: true }).waitFor();
    await deciding.getByRole('link', { name: 'Web reads no issues' }).waitFor();
    await picture(page, 'e2e-explain');
  });

  it('say of a refused draft which rule is wrong', async () => {
    const { page, complaints } = admin;
    await goTo(page, 'Policies');
    await page.getByRole('link', { name: 'Web reads no issues' }).click();
    await button(page, 'Edit').click();
    const text = page.getByLabel('Content as JSON');
    await text.fill('{ "name": "Web", "rules": { "default_autonomy": "perhaps" }, "may_grant": null }');
    await reason(page).fill('Try');
    await button(page, 'Save as draft').click();
    await page.getByRole('alert').getByText('rules.default_autonomy').waitFor();
    expect(await text.getAttribute('aria-invalid')).toBe('true');
    await button(page, 'Cancel').click();
    expect(complaints.splice(0).every((words) => words.includes('400'))).toBe(true);
  });

  it('show the change in the audit log, sealed, and give the log out as a file', async () => {
    const { page } = admin;
    await goTo(page, 'Audit');
    await page.getByLabel('Kind').selectOption('policy_change');
    await button(page, 'Show').click();
    await page.getByRole('link', { name: 'Policy: activated' }).first().click();
    await page.getByText('While the tracker moves').first().waitFor();
    await page.getByText(/^Sealed at position \d+ of/).waitFor({ timeout: 60_000 });
    await picture(page, 'e2e-audit-entry');
    await goTo(page, 'Audit');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('audit-export.csv');
    expect(await file.failure()).toBeNull();
  });

  it('end another browser of the same person', async () => {
    const other = await browser.visitor();
    await other.page.goto(stack.api);
    await signInWith(other.page, 'admin@acme.test');
    const { page } = admin;
    await goTo(page, 'Sessions');
    const cards = page.getByRole('article');
    await expect.poll(() => cards.count(), patience).toBe(2);
    await button(page, 'End this session').click();
    await expect.poll(() => cards.count(), patience).toBe(1);
    await other.page.reload();
    await other.page.getByRole('link', { name: 'Sign in' }).waitFor();
    await other.context.close();
  });

  it('list the tenants for the admin of the operator, with what each holds', async () => {
    const { page } = admin;
    await goTo(page, 'Tenants');
    const globex = page.getByRole('article').filter({ hasText: 'globex' });
    await globex.getByText('Active', { exact: true }).waitFor();
    await globex.getByText('What it holds').click();
    await globex.getByText('Policies', { exact: true }).waitFor();
    await picture(page, 'e2e-tenants');
  });

  it('have the impact of every change looked at first where the admin says so', async () => {
    const { page, context } = admin;
    await goTo(page, 'Policies');
    await button(page, 'Change this rule').click();
    await page.getByLabel('These changes').selectOption('all');
    await reason(page).fill('The auditors ask for it');
    await button(page, 'Save').click();
    // The form says what the choice means before it is saved, too.
    await button(page, 'Change this rule').waitFor();
    // What was saved is announced in the same words.
    const rule = page.getByRole('region', { name: 'Before a change' });
    await rule.getByText('Every change that takes effect is refused').waitFor();
    await page.getByRole('link', { name: 'Web reads no issues' }).click();
    await button(page, 'End this policy').waitFor();
    const unseen = await context.request.delete(`${stack.api}/api/v1${page.url().split('#')[1]}`, {
      headers: await headersOfPage(context),
      data: { change_reason: 'Unseen' },
    });
    expect(await unseen.json()).toMatchObject({ error: 'POLICY_IMPACT_REVIEW_REQUIRED' });
  });

  it('let a draft hold for one person first, then for all, each after showing whom it hits', async () => {
    const { page } = admin;
    await button(page, 'Edit').click();
    const rules = { action_overrides: { github_issue_read: 'block', github_issue_comment: 'block' } };
    await page
      .getByLabel('Content as JSON')
      .fill(JSON.stringify({ name: 'Web reads no issues', rules, may_grant: null }));
    await reason(page).fill('Nor comments');
    await button(page, 'Save as draft').click();
    await card(page, 'Version 2').getByText('Draft', { exact: true }).waitFor();

    await button(page, 'Try it with a few people').click();
    await page.getByLabel('People (ids)').fill('acme-user');
    await button(page, 'Show whom it hits').click();
    await page.getByText('Decided again, under the policies as they would be').waitFor();
    await reason(page).fill('Uma first');
    await button(page, 'Let it hold for them').click();
    await page.getByRole('list', { name: 'Who has it first' }).getByText('acme-user').waitFor();
    await picture(page, 'e2e-canary');
    await expect
      .poll(() => deciding('acme-user'), { timeout: 60_000 })
      .toMatchObject({ policy_name: 'Web reads no issues', policy_version: 2 });

    await button(page, 'Put version 2 in force').click();
    const form = page.getByRole('region', { name: 'Put version 2 in force' });
    await form.getByText('Decided again, under the policies as they would be').waitFor();
    await reason(page).fill('It went well');
    await form.getByRole('button', { name: 'Put version 2 in force' }).click();
    await card(page, 'Version 2').getByText('In force', { exact: true }).waitFor();
    expect(await page.getByRole('list', { name: 'Who has it first' }).count()).toBe(0);
  });

  /** What the page itself sends with a change. */
  async function headersOfPage({ request }: Visitor['context']) {
    const { sessionId } = await (await request.get(`${stack.api}/api/v1/auth/userinfo`)).json();
    return { origin: stack.api, 'x-session-id': sessionId };
  }

  /** Which version of which policy decides on the person's comments. */
  async function deciding(person: string): Promise<unknown> {
    const asked = await admin.context.request.post(`${stack.api}/api/v1/policies/evaluate`, {
      headers: await headersOfPage(admin.context),
      data: { user_id: person, action: 'github_issue_comment' },
    });
    const { explanation }: z.infer<typeof policyEvaluation> = await asked.json();
    return explanation.find(({ domain }) => domain === 'actions')?.decided_by;
  }
});
