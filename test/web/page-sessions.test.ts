import { expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import { recordedUser } from './recorded.ts';
import { recordedSession } from './recorded-log.ts';
import { pictures, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const phone = {
  ...recordedSession,
  id: 'ses_phone',
  browser: 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
  is_current: false,
};

describe('own sessions', () => {
  it('are told apart, and another browser is signed out at once', async () => {
    const { gateway, page } = stage;
    gateway.who = recordedUser;
    gateway.sessions = [recordedSession, phone];
    await page.goto(`${gateway.url}/#/sessions`);
    const here = page.getByRole('article', { name: 'Firefox on Linux' });
    await here.getByText('This one', { exact: true }).waitFor();
    expect(await here.getByRole('button').count()).toBe(0);
    await pictures(page, 'sessions');
    const other = page.getByRole('article', { name: 'Chrome on Android' });
    await other.getByRole('button', { name: 'End this session' }).click();
    await other.waitFor({ state: 'detached' });
    expect(gateway.posts).toMatchObject([{ method: 'DELETE', path: '/api/v1/auth/sessions/ses_phone' }]);
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Ended: Chrome on Android');
  });

  it('come back to the page that was open when the session had ended', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/401/);
    await page.goto(`${gateway.url}/#/sessions`);
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe(
      '/auth/login?return_to=/%23%2Fsessions',
    );
  });

  it('are asked for below the tenant where the page stands there', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/401/);
    await page.goto(`${gateway.url}/t/acme/#/sessions`);
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe(
      '/auth/login?return_to=/t/acme/%23%2Fsessions',
    );
    gateway.who = recordedUser;
    gateway.sessions = [recordedSession];
    await page.reload();
    await page.getByRole('article', { name: 'Firefox on Linux' }).waitFor();
    expect(gateway.reads.filter((path) => !path.startsWith('/t/acme/api/v1/'))).toEqual([]);
  });
});
