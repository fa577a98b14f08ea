import { expect } from 'vitest';
import { z } from 'zod';
import { createFormWalker } from '#sandbox/sign-in/walk-forms.ts';
import type { Ended, startOpenclaw } from '../cli/run-openclaw.ts';

const shownCode = z.object({ verification_uri_complete: z.string(), user_code: z.string() });

/** Does in a browser what a running `openclaw auth login --json` asks for, as a demo account. */
export async function signInByDevice(
  running: ReturnType<typeof startOpenclaw>,
  email: string,
): Promise<Ended> {
  const shown = shownCode.parse(JSON.parse(await running.said(/\n/)));
  const browser = createFormWalker();
  const code = await browser.submit(await browser.get(shown.verification_uri_complete));
  const confirmed = await browser.submit(code);
  const done = await browser.submit(confirmed, { email, password: 'demo' });
  expect(done.html).toContain('Signed in');
  return running.ended;
}
