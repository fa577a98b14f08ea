import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionRunId } from '#domain/ids.ts';
import { createPerform, type Performance } from '#governance/perform.ts';
import { newId } from '#platform/new-id.ts';
import { asker } from '../stores/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

const settleMs = 30_000;

/** A comment that is ready to be sent; `sent` counts what the provider sees. */
function comment(sent: { times: number }): Performance {
  const requestId = newId('request');
  return {
    actor: asker,
    requestId,
    runId: actionRunId(requestId, 1),
    namesRunId: null,
    action: {
      facts: { id: 'github_issue_comment', connector: 'github', operation: 'comment_issue', effect: 'write' },
      event: 'github.issue_commented',
      dataTouched: () => [],
      run: async () => {
        sent.times += 1;
        return { sent: sent.times };
      },
      find: async () => ({ found: 'no' }),
    },
    input: {},
    inputDigest: 'i'.repeat(64),
    target: 'acme/website#7',
    decision: {
      decisionId: newId('decision'),
      verdict: 'allow',
      reason: 'test',
      rules: [],
      policyApplied: '',
      classification: 'internal',
      approvers: { role: 'team_lead', orgUnit: asker.orgUnit },
      digest: 'd'.repeat(64),
      at: new Date().toISOString(),
    },
    approval: null,
    signal: new AbortController().signal,
    lastTry: false,
    lookOnly: null,
  };
}

/** A process whose clock jumps by so much between asking for the attempt's record and the call. */
function performAfterStandingStill(ms: number) {
  let reading = 0;
  return createPerform({
    ledger: test.stores.ledger,
    now: () => new Date(),
    settleMs,
    monotonicMs: () => {
      const at = reading;
      reading += ms;
      return at;
    },
  });
}

describe('a worker that stands still between the record of its attempt and the call', () => {
  it('sends nothing when the settle time is over: by now another may have sent', async () => {
    const sent = { times: 0 };
    const performed = await performAfterStandingStill(settleMs)(comment(sent));
    expect(performed).toMatchObject({ kind: 'later', afterMs: settleMs });
    expect(sent.times).toBe(0);
  });

  it('sends when it was quicker than that', async () => {
    const sent = { times: 0 };
    expect(await performAfterStandingStill(settleMs - 1)(comment(sent))).toMatchObject({ kind: 'done' });
    expect(sent.times).toBe(1);
  });
});
