import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedAdmin, recordedUser } from './recorded.ts';
import {
  recordedDraft,
  recordedEarlier,
  recordedEnterprise,
  recordedImpactDigest,
  recordedPolicy,
} from './recorded-policies.ts';
import { picture, pictures, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const reason = (page: Page) => page.getByLabel('Reason', { exact: true });
const alert = (page: Page) => page.getByRole('alert');
const at = (id: string) => `${stage.gateway.url}/#/policies/${id}`;

beforeEach(() => {
  const { gateway } = stage;
  gateway.who = recordedAdmin;
  gateway.policies = [recordedPolicy, recordedEarlier, recordedEnterprise];
});

describe('the list of policies', () => {
  it('is reached by keyboard, tells its heading, and stands domain by domain', async () => {
    const { gateway, page } = stage;
    gateway.policies = [recordedDraft, ...gateway.policies];
    await page.goto(gateway.url);
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Policies' });
    await link.focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Policies').waitFor();
    expect(await heading(page, 'Policies').evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await link.getAttribute('aria-current')).toBe('page');
    expect(await page.title()).toBe('Policies · OpenClaw Enterprise');
    const actions = region(page, 'Actions');
    await actions.getByRole('link', { name: 'Engineering actions' }).waitFor();
    await actions.getByText('Organisation engineering, version 2').waitFor();
    await actions.getByText('Version 3 is a draft').waitFor();
    await region(page, 'Data sources').getByText('In force').waitFor();
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'Actions',
      'Data sources',
      'Before a change',
    ]);
    await pictures(page, 'policies');
  });
});

describe('one policy', () => {
  it('says its rules in words, and markup in it stays text', async () => {
    const { page } = stage;
    await page.goto(at(recordedPolicy.id));
    const shown = page.getByRole('article', { name: 'Version 2' });
    for (const words of ['Writes, unless said otherwise', 'After approval', 'github_pr_close', 'Never']) {
      await shown.getByText(words, { exact: true }).waitFor();
    }
    await shown.getByText('Comments may go out <b>by themselves</b>').waitFor();
    expect(await page.locator('b').count()).toBe(0);
    await shown.getByText('As JSON').click();
    expect(JSON.parse((await page.getByLabel('The policy as JSON').textContent()) ?? '')).toEqual({
      name: recordedPolicy.name,
      rules: recordedPolicy.rules,
      may_grant: recordedPolicy.may_grant,
    });
    await pictures(page, 'policy');
  });

  it('compares two versions and shows an older one', async () => {
    const { page } = stage;
    await page.goto(at(recordedPolicy.id));
    const differences = page.getByRole('list', { name: 'Differences' });
    await differences.getByText('Single actions', { exact: false }).first().waitFor();
    await page.getByLabel('To', { exact: true }).selectOption('1');
    await page.getByText('Nothing is different.').waitFor();
    await button(page, 'Show version 1').click();
    await page.getByRole('article', { name: 'Version 1' }).getByText('The first one').waitFor();
  });

  it('comes in force only after whom it hits was shown, with the digest of just that, and a reason', async () => {
    const { gateway, page } = stage;
    gateway.policies = [recordedDraft, ...gateway.policies];
    await page.goto(at(recordedPolicy.id));
    await button(page, 'Put version 3 in force').click();
    const form = region(page, 'Put version 3 in force');
    await form.getByText('1,234 decisions of the last 30 days').waitFor();
    await form.getByText('1 person, 7 decisions').first().waitFor();
    const hit = form.getByRole('list', { name: 'Who is hit' });
    await hit.getByText('Uma User (acme-user)').click();
    await hit.getByText('Allowed, and somebody is told → Denied').waitFor();
    await hit.getByText('github_issue_comment is blocked by "Engineering actions"').waitFor();
    await pictures(page, 'impact');
    await form.getByRole('button', { name: 'Put version 3 in force' }).click();
    expect(await reason(page).getAttribute('aria-invalid')).toBe('true');
    expect(gateway.posts.map(({ path }) => path)).toEqual([`/api/v1/policies/${recordedPolicy.id}/impact`]);
    await reason(page).fill('Agreed in the Monday round');
    await form.getByRole('button', { name: 'Put version 3 in force' }).click();
    await page.getByRole('article', { name: 'Version 3' }).getByText('In force').waitFor();
    expect(gateway.posts.at(-1)).toMatchObject({
      method: 'POST',
      path: `/api/v1/policies/${recordedPolicy.id}/activate`,
      ifMatch: '"3-draft"',
      body: { version: 3, change_reason: 'Agreed in the Monday round', impact_digest: recordedImpactDigest },
    });
    await expect.poll(() => page.getByRole('status').textContent()).toContain('In force');
  });

  it('is not put in force while nobody knows whom it hits', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/503/);
    gateway.policies = [recordedDraft, ...gateway.policies];
    gateway.refusal = { status: 503, error: 'DATABASE_UNAVAILABLE', message: 'Try again later.' };
    await page.goto(at(recordedPolicy.id));
    await button(page, 'Put version 3 in force').click();
    await alert(page).getByText('DATABASE_UNAVAILABLE').waitFor();
    await reason(page).fill('Now');
    const form = region(page, 'Put version 3 in force');
    await form.getByRole('button', { name: 'Put version 3 in force' }).dispatchEvent('click');
    expect(gateway.posts.map(({ path }) => path)).toEqual([`/api/v1/policies/${recordedPolicy.id}/impact`]);
    gateway.refusal = undefined;
    await button(page, 'Look again').click();
    await form.getByText('1 person, 7 decisions').first().waitFor();
  });

  it('is looked at anew when its impact changed in between', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/409/);
    gateway.policies = [recordedDraft, ...gateway.policies];
    await page.goto(at(recordedPolicy.id));
    await button(page, 'Put version 3 in force').click();
    const form = region(page, 'Put version 3 in force');
    await form.getByText('1 person, 7 decisions').first().waitFor();
    await reason(page).fill('Now');
    gateway.refusal = { status: 409, error: 'POLICY_IMPACT_CHANGED', message: 'It hits others by now.' };
    await form.getByRole('button', { name: 'Put version 3 in force' }).click();
    await alert(page).getByText('It hits others by now.').first().waitFor();
    await expect.poll(() => gateway.posts.filter(({ path }) => path.endsWith('/impact')).length).toBe(2);
    expect(await reason(page).inputValue()).toBe('Now');
  });

  it('is shown as it is now when somebody else was faster, and nothing typed is lost', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/412/);
    await page.goto(at(recordedPolicy.id));
    await button(page, 'Edit').click();
    await page.getByLabel('Content as JSON').fill('{ "name": "Mine", "rules": {} }');
    await reason(page).fill('Mine');
    gateway.policies = [recordedDraft, ...gateway.policies];
    gateway.refusal = { status: 412, error: 'POLICY_CHANGED', message: 'It changed meanwhile.' };
    await button(page, 'Save as draft').click();
    await alert(page).getByText('It changed meanwhile.').waitFor();
    await page.getByText('No comments while we move').waitFor();
    expect(await page.getByLabel('Content as JSON').inputValue()).toBe('{ "name": "Mine", "rules": {} }');
    expect(await reason(page).inputValue()).toBe('Mine');
  });

  it('goes back to an older version, and ends, each with its impact', async () => {
    const { gateway, page } = stage;
    await page.goto(at(recordedPolicy.id));
    await button(page, 'Go back to version 1').click();
    await reason(page).fill('It was better before');
    await button(page, 'Make version 3 of it').click();
    await page.getByRole('article', { name: 'Version 3' }).waitFor();
    await button(page, 'End this policy').click();
    await reason(page).fill('No longer needed');
    await button(page, 'End it for good').click();
    await page.getByRole('article', { name: 'Version 3' }).getByText('Ended').waitFor();
    expect(gateway.posts.map(({ method, path, body }) => ({ method, path, body }))).toMatchObject([
      { path: `/api/v1/policies/${recordedPolicy.id}/impact`, body: { to_version: 1 } },
      {
        path: `/api/v1/policies/${recordedPolicy.id}/rollback`,
        body: { to_version: 1, impact_digest: recordedImpactDigest },
      },
      { path: `/api/v1/policies/${recordedPolicy.id}/impact`, body: { deprecate: true } },
      {
        method: 'DELETE',
        path: `/api/v1/policies/${recordedPolicy.id}`,
        body: { change_reason: 'No longer needed', impact_digest: recordedImpactDigest },
      },
    ]);
    expect(await button(page, 'End this policy').count()).toBe(0);
  });

  it('is edited as JSON into a draft; what is wrong is said field by field, and the text survives a reload', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/400/);
    await page.goto(at(recordedPolicy.id));
    await button(page, 'Edit').click();
    const text = page.getByLabel('Content as JSON');
    await text.fill('{ "name": ');
    await reason(page).fill('Tidier');
    await button(page, 'Save as draft').click();
    await alert(page).getByText('This is not JSON').waitFor();
    expect(await text.getAttribute('aria-invalid')).toBe('true');
    expect(gateway.posts).toEqual([]);
    const edited = { name: 'Tidier', rules: { default_autonomy: 'perhaps' }, may_grant: null };
    await text.fill(JSON.stringify(edited));
    gateway.refusal = {
      status: 400,
      error: 'INVALID_REQUEST',
      message: 'The request is not well formed.',
      detail: ['rules.default_autonomy: is none of autonomous, notify, approve, block'],
    };
    await button(page, 'Save as draft').click();
    const field = page.locator('.field', { has: text });
    await field.getByText('rules.default_autonomy: is none of').waitFor();
    await pictures(page, 'edit');
    gateway.refusal = undefined;
    await page.reload();
    await button(page, 'Edit').click();
    expect(JSON.parse(await text.inputValue())).toEqual(edited);
    await button(page, 'Save as draft').click();
    await page.getByRole('article', { name: 'Version 3' }).getByText('Draft').waitFor();
    expect(gateway.posts.at(-1)).toMatchObject({
      method: 'PUT',
      ifMatch: '"2-active"',
      body: { ...edited, status: 'draft', change_reason: 'Tidier' },
    });
    await button(page, 'Put in force').waitFor();
  });

  it('offers no change to somebody whose role has none', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedUser;
    await page.goto(at(recordedPolicy.id));
    await page.getByRole('article', { name: 'Version 2' }).waitFor();
    for (const name of ['Edit', 'End this policy', 'Go back to version 1']) {
      expect(await button(page, name).count()).toBe(0);
    }
  });

  it('is said not to be there where it is not', async () => {
    const { page, provoked } = stage;
    provoked(/404/);
    await page.goto(at('pol_nowhere'));
    await alert(page).getByText('NOT_FOUND').waitFor();
  });
});

describe('a new policy', () => {
  it('is a draft first; fields that the server refuses say so themselves', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/400/);
    await page.goto(at('new'));
    await page.getByLabel('About').selectOption('models');
    await page.getByLabel('Holds for').selectOption('team');
    await page.getByLabel('Org unit').fill('engineering/../web');
    await page.getByLabel('Name').fill('No external models');
    await page.getByLabel('Rules as JSON').fill('{ "allow_external_models": false }');
    await reason(page).fill('Contract');
    gateway.refusal = {
      status: 400,
      error: 'INVALID_REQUEST',
      message: 'The request is not well formed.',
      detail: [{ field: 'scope.org_unit', problem: 'a slash path such as engineering/web' }],
    };
    await button(page, 'Save as draft').click();
    await alert(page).getByText('scope.org_unit').waitFor();
    expect(await page.getByLabel('Org unit').getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByLabel('Name').getAttribute('aria-invalid')).toBe('false');
    await pictures(page, 'new-policy');
    gateway.refusal = undefined;
    await page.getByLabel('Org unit').fill('engineering/web');
    await button(page, 'Save as draft').click();
    await heading(page, 'No external models').waitFor();
    await page.getByText('Draft', { exact: true }).first().waitFor();
    expect(gateway.posts.at(-1)?.body).toEqual({
      name: 'No external models',
      domain: 'models',
      scope: { level: 'team', org_unit: 'engineering/web' },
      rules: { allow_external_models: false },
      change_reason: 'Contract',
    });
  });

  it('begins anew for another domain, and keeps what was typed for each', async () => {
    const { page } = stage;
    await page.goto(at('new'));
    const rules = page.getByLabel('Rules as JSON');
    await rules.fill('{ "default_autonomy": "block" }');
    await page.getByLabel('About').selectOption('models');
    expect(await rules.inputValue()).toContain('allow_external_models');
    await page.getByLabel('About').selectOption('actions');
    expect(await rules.inputValue()).toBe('{ "default_autonomy": "block" }');
  });

  it('is for oneself alone where the role has no more', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedUser;
    await page.goto(at('new'));
    await page.getByLabel('Holds for').waitFor();
    expect(await page.getByLabel('Holds for').getByRole('option').allTextContents()).toEqual(['Person']);
  });
});

describe('an explanation', () => {
  it('names the rule, the policy and the level that decided, and what each level says', async () => {
    const { gateway, page } = stage;
    await page.goto(at('explain'));
    await page.getByLabel('Action').fill('github_issue_comment');
    await page.getByLabel('Label of the data').selectOption('confidential');
    await page.getByLabel('Person (id)').fill('acme-user');
    await page.getByLabel('Person (id)').press('Enter');
    const deciding = page.getByRole('region', { name: 'Answer' }).getByRole('article').first();
    await deciding.getByText('Needs approval').waitFor();
    expect(await deciding.getByRole('link', { name: 'Engineering actions' }).getAttribute('href')).toBe(
      `#/policies/${recordedPolicy.id}`,
    );
    await deciding.getByText('Shipped enterprise actions, version 1').waitFor();
    await deciding.getByText('says nothing of it').waitFor();
    await deciding.getByText('would have to say notify').waitFor();
    expect(gateway.posts.map(({ body }) => body)).toEqual([
      {
        user_id: 'acme-user',
        action: 'github_issue_comment',
        context: { data_classification: 'confidential' },
      },
    ]);
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Needs approval');
    await pictures(page, 'explain');
  });

  it('is about oneself for those who see nobody else', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedUser;
    await page.goto(at('explain'));
    await page.getByLabel('Action').waitFor();
    expect(await page.getByLabel('Person (id)').count()).toBe(0);
    await picture(page, 'explain-user');
  });
});
