import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedAdmin, recordedUser } from './recorded.ts';
import { recordedDraft, recordedEarlier, recordedImpactDigest, recordedPolicy } from './recorded-policies.ts';
import { pictures, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const reason = (page: Page) => page.getByLabel('Reason', { exact: true });
const people = (page: Page) => page.getByLabel('People (ids)');
const whoFirst = (page: Page) => page.getByRole('list', { name: 'Who has it first' }).getByRole('listitem');
const policy = () => `${stage.gateway.url}/#/policies/${recordedPolicy.id}`;
const path = `/api/v1/policies/${recordedPolicy.id}`;

const ahead = { ...recordedDraft, canary: { users: 2 } };

beforeEach(() => {
  const { gateway } = stage;
  gateway.who = recordedAdmin;
  gateway.policies = [recordedDraft, recordedPolicy, recordedEarlier];
});

describe('a draft for a few people first', () => {
  it('begins after whom it hits among them was shown, with the digest of just that', async () => {
    const { gateway, page } = stage;
    await page.goto(policy());
    await button(page, 'Try version 3 with a few people').click();
    const form = region(page, 'Try version 3 with a few people');
    await form.getByText('Not before it was shown whom it hits.').waitFor();
    await button(page, 'Show whom it hits').click();
    await form.getByText('Name at least one person.').waitFor();
    expect(gateway.posts).toEqual([]);
    await people(page).fill('acme-user, acme-lead\nacme-user');
    await button(page, 'Show whom it hits').click();
    await form.getByText('1 person, 7 decisions').first().waitFor();
    const isFocused = (one: Element) => one === document.activeElement;
    expect(await button(page, 'Show whom it hits').evaluate(isFocused)).toBe(true);
    await pictures(page, 'canary-form');
    await reason(page).fill('Two first');
    await button(page, 'Let it hold for them').click();
    const shown = region(page, 'A few people first');
    await shown.getByText('Version 3 holds for them').waitFor();
    expect(await whoFirst(page).allTextContents()).toEqual(['acme-user', 'acme-lead']);
    await page.getByRole('article', { name: 'Version 3' }).getByText('2 people have it first').waitFor();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('2 people have it first');
    await pictures(page, 'canary');
    const user_ids = ['acme-user', 'acme-lead'];
    expect(gateway.posts).toMatchObject([
      { path: `${path}/impact`, body: { version: 3, user_ids } },
      {
        method: 'POST',
        path: `${path}/canary`,
        ifMatch: '"3-draft"',
        body: { version: 3, user_ids, change_reason: 'Two first', impact_digest: recordedImpactDigest },
      },
    ]);
  });

  it('is looked at anew when the people are others, and the reason stays', async () => {
    const { gateway, page } = stage;
    gateway.policies = [ahead, recordedPolicy];
    gateway.canaryUsers = ['acme-lead', 'acme-user'];
    await page.goto(policy());
    await button(page, 'Change the people').click();
    expect(await people(page).inputValue()).toBe('acme-lead\nacme-user');
    await people(page).fill('acme-lead');
    await button(page, 'Show whom it hits').click();
    await page.getByText('1 person, 7 decisions').first().waitFor();
    await reason(page).fill('Fewer');
    await people(page).fill('acme-lead acme-more');
    await button(page, 'Let it hold for them').dispatchEvent('click');
    await page.getByText('Not before it was shown whom it hits.').waitFor();
    expect(gateway.posts).toHaveLength(1);
    await button(page, 'Show whom it hits').click();
    await page.getByText('1 person, 7 decisions').first().waitFor();
    expect(await reason(page).inputValue()).toBe('Fewer');
    await button(page, 'Let it hold for them').click();
    await expect.poll(() => whoFirst(page).allTextContents()).toEqual(['acme-lead', 'acme-more']);
    expect(gateway.posts.at(-1)?.body).toMatchObject({ user_ids: ['acme-lead', 'acme-more'] });
  });

  it('ends with its impact and a reason', async () => {
    const { gateway, page } = stage;
    gateway.policies = [ahead, recordedPolicy];
    gateway.canaryUsers = ['acme-lead', 'acme-user'];
    await page.goto(policy());
    await button(page, 'End the try-out').click();
    const form = region(page, 'End the try-out of version 3');
    await form.getByText('1 person, 7 decisions').first().waitFor();
    await reason(page).fill('Seen enough');
    await button(page, 'It holds for nobody any more').click();
    await region(page, 'A few people first').waitFor({ state: 'detached' });
    await button(page, 'Try version 3 with a few people').waitFor();
    expect(gateway.posts).toMatchObject([
      { path: `${path}/impact`, body: { end_canary: true } },
      {
        method: 'DELETE',
        path: `${path}/canary`,
        body: { change_reason: 'Seen enough', impact_digest: recordedImpactDigest },
      },
    ]);
  });

  it('is told to everybody, but who has it only to those who may change it', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedUser;
    gateway.policies = [ahead, recordedPolicy];
    gateway.canaryUsers = ['acme-lead', 'acme-user'];
    await page.goto(policy());
    await page.getByText('2 people have it first').first().waitFor();
    expect(await region(page, 'A few people first').count()).toBe(0);
    expect(gateway.reads).not.toContain(`${path}/canary`);
    expect(await button(page, 'Try version 3 with a few people').count()).toBe(0);
  });

  it('is said beside the policy in the list', async () => {
    const { gateway, page } = stage;
    gateway.policies = [{ ...recordedDraft, version: 4 }, ahead, recordedPolicy];
    await page.goto(`${gateway.url}/#/policies`);
    await region(page, 'Actions').getByText('2 people have it first').waitFor();
  });
});
