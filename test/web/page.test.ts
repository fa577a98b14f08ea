import type { Page } from 'playwright-core';
import { beforeEach, expect, it } from 'vitest';
import { needing } from '../support/needing.ts';
import {
  recordedAction,
  recordedApproval,
  recordedQueued,
  recordedRequest,
  recordedUser,
} from './recorded.ts';
import { accessibilityFaults, picture, usePage } from './use-page.ts';

const describe = needing('chromium');

const stage = usePage();

const card = (page: Page, name: string | RegExp) => page.getByRole('article', { name });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const comment = (page: Page) => card(page, /^comment on/);
const alert = (page: Page) => page.getByRole('alert');
const box = (page: Page) => page.getByLabel('What do you want done?');

describe('somebody who is not signed in', () => {
  it('is shown the way to the sign-in page', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/401/);
    await page.goto(gateway.url);
    const link = page.getByRole('link', { name: 'Sign in' });
    expect(await link.getAttribute('href')).toBe('/auth/login?return_to=/');
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'signed-out');
  });
});

describe('somebody who asks', () => {
  beforeEach(() => {
    const { gateway } = stage;
    gateway.who = recordedUser;
  });

  it('sees who they are, and signs out', async () => {
    const { gateway, page } = stage;
    await page.goto(gateway.url);
    const who = page.getByRole('banner');
    for (const words of ['user@acme.test', 'User', 'acme', 'engineering/web']) {
      await who.getByText(words, { exact: true }).waitFor();
    }
    expect(await page.getByRole('heading', { name: 'Approvals' }).count()).toBe(0);
    await button(page, 'Sign out').click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(gateway.posts.map((post) => post.path)).toEqual(['/auth/logout']);
  });

  it('signs out at the identity provider too, where that has a page for it', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/401/);
    gateway.endSessionUrl = `${gateway.url}/?provider`;
    await page.goto(gateway.url);
    await box(page).fill('half a thought');
    await button(page, 'Sign out').click();
    await page.waitForURL('**/?provider');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('watches the request change without doing anything', async () => {
    const { gateway, page } = stage;
    await page.goto(gateway.url);
    gateway.requests = [recordedRequest];
    await box(page).fill('comment on acme/website#7: Fixed in 2.1');
    await box(page).press('Control+Enter');
    await comment(page).getByText('Received').waitFor();
    expect(await box(page).inputValue()).toBe('');
    gateway.approvals = [{ ...recordedApproval, may_decide: false }];
    gateway.change({ ...recordedQueued, updated_at: '2026-01-10T12:00:01.000Z' });
    await comment(page).getByText('Needs approval').waitFor();
    await comment(page).getByText('Waits for a team lead or above').waitFor();
    await picture(page, 'queued');
    const answer = 'Commented: <b>https://github.test/7</b>';
    gateway.change({
      ...recordedQueued,
      state: 'answered',
      updated_at: '2026-01-10T12:00:02.000Z',
      finished_at: '2026-01-10T12:00:02.000Z',
      actions: [{ ...recordedAction, state: 'done', answer }],
    });
    await comment(page).getByText(answer).waitFor();
    await page.getByRole('status').filter({ hasText: 'Done' }).waitFor();
    expect(await button(page, 'Withdraw').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'answered');
  });

  it('sends a request whose answer was lost again under the same key', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/ERR_EMPTY_RESPONSE|ERR_CONNECTION/);
    await page.goto(gateway.url);
    gateway.refusal = 'cut';
    await box(page).fill('list the open issues of acme/website');
    await button(page, 'Ask').click();
    await alert(page).getByText('NO_ANSWER').waitFor();
    expect(await box(page).inputValue()).toBe('list the open issues of acme/website');
    await page.reload();
    gateway.refusal = undefined;
    gateway.requests = [recordedRequest];
    await button(page, 'Ask').click();
    await comment(page).waitFor();
    // Chromium sends a request again by itself when a kept connection was cut, so that there may be more than two.
    const sent = gateway.posts.length;
    const [key, ...others] = new Set(gateway.posts.map((post) => post.idempotencyKey));
    expect(sent).toBeGreaterThanOrEqual(2);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(others).toEqual([]);
    await box(page).fill('list the open issues of acme/website');
    await button(page, 'Ask').click();
    await expect.poll(() => new Set(gateway.posts.map((post) => post.idempotencyKey)).size).toBe(2);
    expect(gateway.posts.at(-1)?.idempotencyKey).not.toBe(key);
  });

  it('is told what is wrong, with its code, and asks nothing empty', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/400/);
    await page.goto(gateway.url);
    await button(page, 'Ask').click();
    await alert(page).getByText('Write what you want done.').waitFor();
    gateway.refusal = { status: 400, error: 'INVALID_TEXT', message: 'Not valid Unicode.' };
    await box(page).fill('x');
    await button(page, 'Ask').click();
    await alert(page).getByText('INVALID_TEXT').waitFor();
    expect(gateway.posts).toHaveLength(1);
  });

  it('takes up a suggestion', async () => {
    const { gateway, page } = stage;
    gateway.requests = [
      {
        ...recordedRequest,
        state: 'answered',
        text: 'dance',
        answer: 'I cannot do that.',
        suggestions: ['list issues'],
      },
    ];
    await page.goto(gateway.url);
    await card(page, 'dance').getByText('dance').click();
    await card(page, 'dance').getByRole('button', { name: 'list issues' }).click();
    expect(await box(page).inputValue()).toBe('list issues');
  });

  it('says what an approved action waits for, and takes it back', async () => {
    const { gateway, page } = stage;
    const waits = {
      until: '2126-01-10T12:17:00.000Z',
      to: 'send',
      error: 'api_rate_limited',
      message: 'The provider takes no call before 2126-01-10 12:17:00 UTC. Then it is sent.',
    } as const;
    gateway.requests = [
      { ...recordedQueued, state: 'running', actions: [{ ...recordedAction, state: 'planned', waits }] },
    ];
    gateway.approvals = [{ ...recordedApproval, state: 'approved', may_decide: false, waits }];
    await page.goto(gateway.url);
    await comment(page).getByText(waits.message).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await picture(page, 'waits-for-a-time');
    await button(page, 'Withdraw').click();
    await expect
      .poll(() => gateway.posts.map((post) => post.path))
      .toEqual([`/api/v1/requests/${recordedQueued.id}/withdraw`]);
  });

  it('withdraws what waits', async () => {
    const { gateway, page } = stage;
    gateway.requests = [recordedQueued];
    gateway.approvals = [{ ...recordedApproval, may_decide: false }];
    await page.goto(gateway.url);
    await button(page, 'Withdraw').click();
    await comment(page).getByText('Withdrawn').waitFor();
    expect(gateway.posts.map((post) => post.path)).toEqual([
      `/api/v1/requests/${recordedQueued.id}/withdraw`,
    ]);
  });

  it('says what happened where nobody knows, with a reason', async () => {
    const { gateway, page } = stage;
    gateway.requests = [
      {
        ...recordedQueued,
        state: 'outcome_unknown',
        actions: [{ ...recordedAction, state: 'outcome_unknown', approval_id: null }],
      },
    ];
    await page.goto(gateway.url);
    await button(page, 'It happened').click();
    expect(await page.getByLabel('What did you see?').getAttribute('aria-invalid')).toBe('true');
    await picture(page, 'outcome-unknown');
    expect(gateway.posts).toEqual([]);
    for (const name of ['Send again', 'Give up']) expect(await button(page, name).count()).toBe(1);
    await page.getByLabel('What did you see?').fill('The comment is there.');
    await button(page, 'It happened').click();
    await comment(page).getByText('Done').waitFor();
    expect(gateway.posts[0]?.body).toEqual({
      n: 1,
      sending: 1,
      resolution: 'happened',
      reason: 'The comment is there.',
    });
  });

  it('loses nothing when the session ends', async () => {
    const { gateway, page, provoked } = stage;
    provoked(/401/);
    gateway.requests = [recordedRequest];
    await page.goto(gateway.url);
    await box(page).fill('half a thought');
    gateway.who = undefined;
    await button(page, 'Ask').click();
    await page.getByText('Your session has ended.').waitFor();
    await picture(page, 'session-ended');
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe(
      '/auth/login?return_to=/',
    );
    gateway.who = recordedUser;
    await page.reload();
    expect(await box(page).inputValue()).toBe('half a thought');
    gateway.who = { ...recordedUser, userId: 'acme-other' };
    await page.reload();
    expect(await box(page).inputValue()).toBe('');
  });

  it('keeps fetching when more requests are open than a browser has connections', async () => {
    const { gateway, page } = stage;
    gateway.requests = Array.from({ length: 9 }, (_, n) => ({
      ...recordedQueued,
      id: `req_${n}`,
      text: `ask ${n}`,
      actions: [],
    }));
    await page.goto(gateway.url);
    await card(page, 'ask 0').waitFor();
    gateway.change({
      ...recordedQueued,
      id: 'req_0',
      text: 'ask 0',
      actions: [],
      state: 'denied',
      updated_at: '2026-01-10T12:00:09.000Z',
    });
    await card(page, 'ask 0').getByText('Denied').waitFor();
  });
});
