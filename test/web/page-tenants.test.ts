import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedAdmin, recordedLead } from './recorded.ts';
import { recordedTenant } from './recorded-log.ts';
import { pictures, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const globex = (page: Page) => page.getByRole('article', { name: 'Globex Corporation' });
const reason = (page: Page) => page.getByLabel('Reason', { exact: true });

beforeEach(() => {
  const { gateway } = stage;
  gateway.who = recordedAdmin;
  gateway.tenants = [recordedTenant];
});

describe('tenants', () => {
  it('are suspended and resumed with a reason', async () => {
    const { gateway, page } = stage;
    await page.goto(`${gateway.url}/#/tenants`);
    await globex(page).getByRole('button', { name: 'Suspend', exact: true }).click();
    await globex(page).getByText('New requests are refused').waitFor();
    await globex(page).getByRole('button', { name: 'Suspend globex' }).click();
    expect(await reason(page).getAttribute('aria-invalid')).toBe('true');
    expect(gateway.posts).toEqual([]);
    await pictures(page, 'tenants');
    await reason(page).fill('Invoices are open');
    await globex(page).getByRole('button', { name: 'Suspend globex' }).click();
    await globex(page).getByText('Suspended', { exact: true }).waitFor();
    await globex(page).getByRole('button', { name: 'Resume', exact: true }).click();
    await reason(page).fill('Paid');
    await globex(page).getByRole('button', { name: 'Resume globex' }).click();
    await globex(page).getByText('Active', { exact: true }).waitFor();
    expect(gateway.posts).toMatchObject([
      { path: '/api/v1/tenants/globex/suspend', body: { reason: 'Invoices are open' } },
      { path: '/api/v1/tenants/globex/resume', body: { reason: 'Paid' } },
    ]);
  });

  it('wait before they are destroyed, and can be restored until then', async () => {
    const { gateway, page } = stage;
    await page.goto(`${gateway.url}/#/tenants`);
    await globex(page).getByRole('button', { name: 'Delete', exact: true }).click();
    await reason(page).fill('Contract ended');
    await globex(page).getByRole('button', { name: 'Delete globex' }).click();
    await globex(page).getByText('Waiting to be deleted').waitFor();
    expect(gateway.posts).toMatchObject([{ method: 'DELETE', path: '/api/v1/tenants/globex' }]);
    await globex(page).getByRole('button', { name: 'Restore', exact: true }).waitFor();
    expect(await globex(page).getByRole('button', { name: 'Suspend', exact: true }).count()).toBe(0);
  });

  it('are made from a form, and tell what they hold only when asked', async () => {
    const { gateway, page } = stage;
    await page.goto(`${gateway.url}/#/tenants`);
    await globex(page).waitFor();
    expect(gateway.reads).not.toContain('/api/v1/tenants/globex/status');
    await globex(page).getByText('What it holds').click();
    await globex(page).getByText('12', { exact: true }).waitFor();
    await page.getByText('New tenant', { exact: true }).click();
    await page.getByLabel('Id', { exact: true }).fill('initech');
    await page.getByLabel('Name', { exact: true }).fill('Initech');
    await page.getByLabel('Domains').fill('initech.test, WWW.initech.test');
    await page.getByRole('button', { name: 'Create tenant' }).click();
    await page.getByRole('article', { name: 'Initech' }).getByText('Being made').waitFor();
    expect(gateway.posts[0]?.body).toEqual({
      id: 'initech',
      name: 'Initech',
      domains: ['initech.test', 'www.initech.test'],
    });
    gateway.tenants = gateway.tenants.map((one) => ({ ...one, status: 'active' as const }));
    await page.getByRole('article', { name: 'Initech' }).getByText('Active', { exact: true }).waitFor();
  });

  it('say what is wrong with a new one beside its field', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/400/);
    await page.goto(`${gateway.url}/#/tenants`);
    await page.getByText('New tenant', { exact: true }).click();
    gateway.refusal = {
      status: 400,
      error: 'INVALID_REQUEST',
      message: 'The request is not well formed.',
      detail: [{ field: 'id', problem: 'is not a tenant id' }],
    };
    await page.getByRole('button', { name: 'Create tenant' }).click();
    await page.getByRole('alert').getByText('is not a tenant id').waitFor();
    expect(await page.getByLabel('Id', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await pictures(page, 'new-tenant');
  });

  it("are told to be the operator's, to an admin of another tenant, and are linked no more", async () => {
    const { gateway, page, provoked } = stage;
    provoked(/403/);
    gateway.who = { ...recordedAdmin, tenantId: 'globex' };
    await page.goto(`${gateway.url}/#/tenants`);
    await page.getByText("Tenants are managed by the admins of the operator's tenant.").waitFor();
    expect(await page.getByText('New tenant', { exact: true }).count()).toBe(0);
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Tenants' });
    await link.waitFor({ state: 'detached' });
    await pictures(page, 'tenants-refused');
    await page.goto(`${gateway.url}/#/sessions`);
    await page.reload();
    await page.getByRole('heading', { name: 'Your sessions' }).waitFor();
    expect(await link.count()).toBe(0);
    // Their admin becomes the operator's: the address still works, and brings the link back.
    gateway.who = { ...recordedAdmin, userId: recordedAdmin.userId };
    await page.goto(`${gateway.url}/#/tenants`);
    await page.reload();
    await globex(page).waitFor();
    await link.waitFor();
  });

  it('of the operator itself are not to be stopped', async () => {
    const { gateway, page } = stage;
    gateway.tenants = [{ ...recordedTenant, id: 'acme', name: 'Acme' }];
    await page.goto(`${gateway.url}/#/tenants`);
    const own = page.getByRole('article', { name: 'Acme' });
    await own.getByText('nobody could resume it').waitFor();
    expect(await own.getByRole('button').count()).toBe(0);
  });

  it('are not even linked for those who manage none', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedLead;
    await page.goto(gateway.url);
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.waitFor();
    expect(await pages.getByRole('link').allTextContents()).toEqual([
      'Requests and approvals',
      'Policies',
      'Audit',
      'Sessions',
    ]);
  });
});
