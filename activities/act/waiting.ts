import type { Wait } from '#domain/request/request.ts';
import type { Performed } from '#governance/perform/performance.ts';
import type { ActResult } from '#workflows/messages/action.ts';
import type { Act, ActOptions } from './acting.ts';
import type { NamedTime } from './due-run.ts';

type Later = Extract<Performed, { kind: 'later' }>;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Whoever was told to wait ten times waits longer from then on, an hour at most: the history of a workflow grows with
 * each wait.
 */
const waitsBeforeSlower = 10;

/** Does the provider name a time before which it takes no call? */
export function isLimited(performed: Performed): performed is Later {
  return performed.kind === 'later' && performed.error.retryAfterMs !== undefined;
}

/** Is it long until it is looked for, so that people should see why nothing happens? */
export function isLongLook(performed: Performed): performed is Later {
  if (performed.kind !== 'later' || performed.to !== 'look') return false;
  return performed.error.retryAfterMs !== undefined || performed.afterMs >= minuteMs;
}

/** Shows that nothing is sent before that time; the workflow comes back then. */
export async function waitFor(
  options: Pick<ActOptions, 'requests'>,
  act: Act,
  { at, inMs, code }: NamedTime,
): Promise<ActResult> {
  const slower = Math.max((act.input.waited ?? 0) - waitsBeforeSlower, 0);
  const ms = Math.max(1, inMs, Math.min(slower * minuteMs, hourMs));
  const until = new Date(at.getTime() + ms - inMs).toISOString();
  await show(options, act, { until, code, to: 'send' });
  return { kind: 'waits', ms };
}

/** Shows that it can't be looked for before that time. It may have been sent, so nobody can withdraw it meanwhile. */
export async function showLook(
  options: Pick<ActOptions, 'requests' | 'now'>,
  act: Act,
  { afterMs, error }: Later,
): Promise<void> {
  const until = new Date(options.now().getTime() + afterMs).toISOString();
  await show(options, act, { until, code: error.code, to: 'look' });
}

async function show(
  { requests }: Pick<ActOptions, 'requests'>,
  { actor, input: { requestId, n }, run: { sending } }: Act,
  wait: Wait,
): Promise<void> {
  await requests.waitWithAction(actor.tenantId, { requestId, n, sending, wait });
}
