import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { demoAccounts } from '#sandbox/sign-in/accounts.ts';
import { toolPath } from './tools.ts';

/** A person's own browser: cookies shared with nobody. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Console errors, uncaught exceptions and violations of a content policy, as they came. */
  complaints: string[];
  /** How often the page has gone to another address or was loaded again. */
  readonly journeys: number;
}

export interface TestBrowser {
  visitor(): Promise<Visitor>;
  close(): Promise<void>;
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Headless, for tests that are `needing('chromium')`. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: toolPath('chromium'), args: flags });
}

export async function openBrowser(): Promise<TestBrowser> {
  const browser = await launchChromium();
  return {
    async visitor() {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const complaints = complaintsOf(page);
      const seen = { journeys: 0 };
      page.on('framenavigated', (frame) => {
        if (frame === page.mainFrame()) seen.journeys += 1;
      });
      return {
        page,
        context,
        complaints,
        get journeys() {
          return seen.journeys;
        },
      };
    },
    close: () => browser.close(),
  };
}

/** Through the provider's own page, to the desk. */
export async function signInWith(page: Page, email: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(demoAccounts.find((one) => one.email === email)?.password ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('banner').getByText(email, { exact: true }).waitFor();
}

/** That nobody is signed in yet is asked and answered with 401, which a browser reports as an error. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const policy = /content security policy/i.test(message.text());
    const { url } = message.location();
    const asked = url.endsWith('/api/v1/auth/userinfo') && message.text().includes('401');
    if ((message.type() === 'error' && !asked) || policy) complaints.push(`${url}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
