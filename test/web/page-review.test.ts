import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedAdmin, recordedLead, recordedUser } from './recorded.ts';
import { recordedDraft, recordedPolicy } from './recorded-policies.ts';
import { pictures, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const setting = (page: Page) => page.getByRole('region', { name: 'Before a change', exact: true });
const reason = (page: Page) => page.getByLabel('Reason', { exact: true });

beforeEach(() => {
  const { gateway } = stage;
  gateway.who = recordedAdmin;
  gateway.policies = [recordedDraft, recordedPolicy];
});

describe('the review of changes', () => {
  it('is set by an enterprise admin, with a reason', async () => {
    const { gateway, page } = stage;
    await page.goto(`${gateway.url}/#/policies`);
    await setting(page).getByText('A change can be made without a look').waitFor();
    await button(page, 'Change this rule').click();
    await button(page, 'Save').dispatchEvent('click');
    await setting(page).getByText('That is how it is now.').waitFor();
    await page.getByLabel('These changes').selectOption('widening');
    await pictures(page, 'review-setting');
    await reason(page).fill('The auditors ask for it');
    await button(page, 'Save').click();
    // The form says what the choice means before it is saved, too.
    await button(page, 'Change this rule').waitFor();
    await setting(page).getByText('A change that grants anybody more is refused').waitFor();
    expect(gateway.posts).toMatchObject([
      {
        method: 'PUT',
        path: '/api/v1/policies/settings',
        body: { policy_change_review: 'widening', change_reason: 'The auditors ask for it' },
      },
    ]);
    const heading = page.getByRole('heading', { name: 'Before a change' });
    expect(await heading.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  it('is only read by those who change policies of their unit, and not shown to users', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedLead;
    gateway.policyChangeReview = 'all';
    await page.goto(`${gateway.url}/#/policies`);
    await setting(page).getByText('Every change that takes effect is refused').waitFor();
    expect(await button(page, 'Change this rule').count()).toBe(0);
    gateway.who = recordedUser;
    await page.reload();
    await page.getByRole('link', { name: 'Engineering actions' }).waitFor();
    expect(await setting(page).count()).toBe(0);
    expect(gateway.reads.filter((path) => path.endsWith('/settings'))).toHaveLength(1);
  });

  it('that a change runs into leads back to whom it hits, not to raw JSON', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/409/);
    await page.goto(`${gateway.url}/#/policies/${recordedPolicy.id}`);
    await button(page, 'Put version 3 in force').click();
    await page.getByText('1 person, 7 decisions').first().waitFor();
    await reason(page).fill('Now');
    gateway.refusal = {
      status: 409,
      only: '/activate',
      error: 'POLICY_IMPACT_REVIEW_REQUIRED',
      message: 'Your organisation wants the impact of this change looked at first.',
      detail: {
        impact_digest: 'b'.repeat(64),
        preview_id: 'prv_1',
        newly_blocked: { decisions: 7, people: 1 },
      },
    };
    const form = page.getByRole('region', { name: 'Put version 3 in force' });
    await form.getByRole('button', { name: 'Put version 3 in force' }).click();
    await page.getByRole('alert').getByText('POLICY_IMPACT_REVIEW_REQUIRED').waitFor();
    await expect.poll(() => gateway.posts.filter(({ path }) => path.endsWith('/impact')).length).toBe(2);
    gateway.refusal = undefined;
    await page.getByText('1 person, 7 decisions').first().waitFor();
    expect(await page.getByText('prv_1').count()).toBe(0);
    await form.getByRole('button', { name: 'Put version 3 in force' }).click();
    await page.getByRole('article', { name: 'Version 3' }).getByText('In force').waitFor();
  });
});
