import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { webDist } from '#web/build.ts';
import { launchChromium } from '../support/browser.ts';
import { type RecordedGateway, startRecordedGateway } from './recorded-gateway.ts';

/** What a test has in hand. */
export interface Stage {
  readonly gateway: RecordedGateway;
  readonly page: Page;
  /** Announces console errors that the test provokes itself, by a refusal or a cut connection. */
  provoked(complaint: RegExp): void;
}

interface Setting {
  gateway: RecordedGateway;
  page: Page;
  complaints: string[];
  provoked: RegExp | undefined;
}

/**
 * Puts the built page in headless Chromium before a recorded gateway, anew for each test of the file. A console error, an
 * uncaught exception or a violation of the security policy that the test did not announce fails it.
 */
export function usePage(): Stage {
  let browser: Browser | undefined;
  let setting: Setting | undefined;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
  });

  beforeEach(async () => {
    if (browser === undefined) throw new Error('no browser');
    setting = {
      gateway: await startRecordedGateway(webDist),
      ...(await openPage(browser)),
      provoked: undefined,
    };
  });

  afterEach(async () => {
    if (setting === undefined) return;
    const { page, gateway, complaints, provoked } = setting;
    await page.context().close();
    await gateway.close();
    const surprising = complaints.filter((words) => !provoked?.test(words));
    if (surprising.length > 0) throw new Error(`the page complained: ${surprising.join('\n')}`);
  });

  const now = (): Setting => {
    if (setting === undefined) throw new Error('only within a test');
    return setting;
  };
  return {
    get gateway() {
      return now().gateway;
    },
    get page() {
      return now().page;
    },
    provoked: (complaint) => {
      now().provoked = complaint;
    },
  };
}

async function openPage(browser: Browser): Promise<Pick<Setting, 'page' | 'complaints'>> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    const policy = /content security policy/i.test(message.text());
    if (message.type() === 'error' || policy) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** Rules of WCAG 2.1 A and AA that the page breaks as it stands. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
  const { violations, passes } = await new AxeBuilder({ page }).withTags(rules).analyze();
  if (passes.length === 0) throw new Error('axe looked at nothing');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

/** A picture to look at, where `PAGE_PICTURES` names a folder for them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PAGE_PICTURES'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

/**
 * Pictures of the page as it stands in both colour schemes, wide and narrow. Fails where something is wider than the
 * screen or breaks a rule of accessibility.
 */
export async function pictures(page: Page, name: string): Promise<void> {
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) throw new Error(`${name} is ${wide} wide on a screen of ${width}`);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}-${colorScheme}-${width}`);
      if ((colorScheme === 'dark') !== (width === 360)) continue;
      const faults = await accessibilityFaults(page);
      if (faults.length > 0) throw new Error(`${name}, ${colorScheme}, ${width} wide: ${faults.join('\n')}`);
    }
  }
}
