import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedAdmin, recordedUser } from './recorded.ts';
import { recordedEntry } from './recorded-log.ts';
import { pictures, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const older = {
  ...recordedEntry,
  id: 'aud_older',
  event: 'policy.rolled_back',
  source_title: null,
  outcome: 'denied' as const,
  action_detail: 'Engineering actions, version 3',
};

beforeEach(() => {
  const { gateway } = stage;
  gateway.who = recordedAdmin;
  gateway.auditPages = [[recordedEntry], [older]];
});

describe('the audit log', () => {
  it('shows what happened in words, the newest head, and older entries on demand', async () => {
    const { gateway, page } = stage;
    await page.goto(`${gateway.url}/#/audit`);
    await page.getByRole('link', { name: 'GitHub: issue commented' }).waitFor();
    await page.getByText('comment on acme/website#7 <b>now</b>').waitFor();
    expect(await page.locator('b').count()).toBe(0);
    await page.getByText('Sealed: 1,234 entries under head 42').waitFor();
    await page.getByText('2 entries', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show older' }).click();
    await page.getByRole('link', { name: 'Policy: rolled back' }).waitFor();
    expect(await page.getByRole('button', { name: 'Show older' }).count()).toBe(0);
    await pictures(page, 'audit');
    const looks = gateway.reads.filter((path) => path.startsWith('/api/v1/audit?'));
    expect(looks).toEqual(['/api/v1/audit?limit=50', '/api/v1/audit?limit=50&cursor=1']);
  });

  it('asks by filters that stand in the address, and for nothing before somebody says so', async () => {
    const { gateway, page } = stage;
    await page.goto(`${gateway.url}/#/audit`);
    await page.getByRole('link', { name: 'GitHub: issue commented' }).waitFor();
    await page.getByLabel('Outcome').selectOption('denied');
    await page.getByLabel('From').fill('2026-01-10T09:30');
    await page.getByLabel('Person (id)').fill(' acme-user ');
    expect(gateway.reads.filter((path) => path.startsWith('/api/v1/audit?'))).toHaveLength(1);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('link', { name: 'GitHub: issue commented' }).waitFor({ state: 'detached' });
    const looks = () => gateway.reads.filter((path) => path.startsWith('/api/v1/audit?'));
    await expect.poll(() => looks().length).toBe(2);
    const asked = new URL(looks().at(-1) ?? '', gateway.url).searchParams;
    const from = await page.evaluate(() => new Date('2026-01-10T09:30').toISOString());
    expect(Object.fromEntries(asked)).toEqual({ outcome: 'denied', user_id: 'acme-user', from, limit: '50' });
    await page.reload();
    expect(await page.getByLabel('Outcome').inputValue()).toBe('denied');
    expect(await page.getByLabel('From').inputValue()).toBe('2026-01-10T09:30');
    const csv = page.getByRole('link', { name: 'Export CSV' });
    expect(await csv.getAttribute('href')).toBe(
      `/api/v1/audit/export?${new URLSearchParams({ format: 'csv', outcome: 'denied', user_id: 'acme-user', from })}`,
    );
    await page.getByRole('link', { name: 'All entries' }).click();
    await page.getByRole('link', { name: 'GitHub: issue commented' }).waitFor();
    expect(await page.getByLabel('Outcome').inputValue()).toBe('');
  });

  it('offers the file to those alone who may take it', async () => {
    const { gateway, page, provoked } = stage;
    // Until the reload it is the page of somebody who is signed in no more.
    provoked(/409/);
    await page.goto(`${gateway.url}/#/audit`);
    expect(await page.getByRole('link', { name: 'Export JSON' }).getAttribute('href')).toBe(
      '/api/v1/audit/export?format=json',
    );
    gateway.who = recordedUser;
    await page.reload();
    await page.getByRole('link', { name: 'GitHub: issue commented' }).waitFor();
    expect(await page.getByRole('link', { name: 'Export JSON' }).count()).toBe(0);
  });
});

describe('one entry', () => {
  it('says everything that is on record, and where it is sealed', async () => {
    const { gateway, page } = stage;
    await page.goto(`${gateway.url}/#/audit`);
    await page.getByRole('link', { name: 'GitHub: issue commented' }).click();
    await heading(page, 'GitHub: issue commented').waitFor();
    await page.getByText('Sealed at position 7 of 1,234 under head 42.').waitFor();
    await page.getByText('Needs approval').waitFor();
    await page.getByText('Data that was touched (1)').click();
    await page.getByText('github acme/website#7: internal, for comment').waitFor();
    await pictures(page, 'audit-entry');
  });

  it('says so while no head covers it', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/409/);
    gateway.sealed = false;
    await page.goto(`${gateway.url}/#/audit/${recordedEntry.id}`);
    await page.getByText('Not sealed yet').waitFor();
    gateway.sealed = true;
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByText('Sealed at position 7 of 1,234 under head 42.').waitFor();
  });
});
