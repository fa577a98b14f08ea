import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Api, createApi } from '#sandbox/demo/api.ts';
import { startOwnProvider } from '../support/own-provider.ts';
import { startStack } from '../support/stack.ts';
import { quantile } from './figures.ts';
import { openLoop } from './load.ts';
import { sizes } from './sizes.ts';
import { addRows, ms, times } from './table.ts';

/** What the quiet tenant does, each second; the other does ten times as much. */
const quiet = { reads: 10, requests: 1 };
const flood = 10;

/** The limits that are shipped. */
const shipped = {
  RATE_LIMIT_REQUESTS: '120',
  RATE_LIMIT_READS: '1200',
  GATEWAY_READS_PER_SECOND: '150',
  GATEWAY_CHANGES_PER_SECOND: '12',
};

it('one tenant alone, and while another one floods', async () => {
  const provider = await startOwnProvider();
  const env = { OIDC_ISSUER: provider.url, OIDC_RIGHTS_CHECK: 'off', ...shipped };
  const stack = await startStack({ env });
  const [ofGlobex, ofAcme] = [
    await provider.token('user@globex.test'),
    await provider.token('user@acme.test'),
  ];
  const person = async (token: string, n: number) =>
    createApi({ url: stack.api, token: await provider.resigned(token, { sub: `person-${n}` }) });
  const crowd = (token: string, size: number) =>
    Promise.all(Array.from({ length: size }, (_, n) => person(token, n)));
  const [few, one, many] = [await crowd(ofGlobex, 2), await crowd(ofAcme, 1), await crowd(ofAcme, 20)];

  await phase({ those: few, times: 1, seconds: sizes.fairSeconds / 4 });
  const alone = await phase({ those: few, times: 1, seconds: sizes.fairSeconds });
  const beside = async (others: readonly Api[]) => {
    const [measured] = await Promise.all([
      phase({ those: few, times: 1, seconds: sizes.fairSeconds }),
      phase({ those: others, times: flood, seconds: sizes.fairSeconds }),
    ]);
    await sleep(2_000);
    return measured;
  };
  const byOne = await beside(one);
  const byMany = await beside(many);
  await stack.close();
  await provider.close();

  const rows = (kind: 'reads' | 'requests', what: string) =>
    [
      { by: 'one person', measured: byOne },
      { by: '20 people', measured: byMany },
    ].map(({ by, measured }) => ({
      measured: `${what} of a tenant, p95, beside ${flood} times as many of ${by} of another tenant`,
      figure: ms(quantile(measured[kind], 0.95)),
      baseline: `${ms(quantile(alone[kind], 0.95))} alone`,
      ratio: times(quantile(measured[kind], 0.95) / quantile(alone[kind], 0.95)),
      aim: 'at most 1.5×',
    }));
  addRows('fairness', [
    ...rows('reads', `reads (${quiet.reads}/s)`),
    ...rows('requests', `requests to their answer (${quiet.requests}/s)`),
  ]);
  expect(alone.requests.length).toBeGreaterThan(0);
});

interface Phase {
  those: readonly Api[];
  times: number;
  seconds: number;
}

/** What the callers wait for, at a fixed rate: lists, and requests that are answered at once. */
async function phase({ those, times: factor, seconds }: Phase) {
  const call = async (n: number, made: (api: Api) => Promise<{ status: number }>) => {
    const api = those[n % those.length];
    if (api === undefined) throw new Error('there are callers');
    const { status } = await made(api).catch(() => ({ status: 0 }));
    // A quick refusal is no answer; whoever floods has to expect some.
    if (factor === 1 && status !== 200 && status !== 202) throw new Error(`refused with ${status}`);
  };
  const ask = { text: 'list the open issues of acme/website' };
  const at = (perSecond: number) => ({ perSecond: perSecond * factor, seconds });
  const [reads, requests] = await Promise.all([
    openLoop(at(quiet.reads), (n) => call(n, (api) => api.get('/requests?limit=5'))),
    openLoop(at(quiet.requests), (n) => call(n, (api) => api.post('/requests', ask))),
  ]);
  return { reads, requests };
}
