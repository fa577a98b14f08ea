import { expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedAdmin, recordedLead } from './recorded.ts';
import { pictures, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

describe('the status', () => {
  it('tells an admin what is wrong, as text', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedAdmin;
    const problem = 'bundle <b>freeze</b>.tar.gz: it uses the built-in time.now_ns';
    gateway.problems = [{ part: 'policyEngine', tenant_id: 'acme', problem }];
    await page.goto(`${gateway.url}/#/status`);
    await page.getByRole('article').getByText(problem).waitFor();
    await page.getByText('Needs attention').waitFor();
    await pictures(page, 'status');
  });

  it('says so when nothing is', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedAdmin;
    await page.goto(gateway.url);
    await page.getByRole('link', { name: 'Status' }).click();
    await page.getByText('Nothing wrong').waitFor();
  });

  it('is no page of a lead', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedLead;
    await page.goto(gateway.url);
    await page.getByRole('link', { name: 'Sessions' }).waitFor();
    expect(await page.getByRole('link', { name: 'Status' }).count()).toBe(0);
  });
});
