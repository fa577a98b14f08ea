import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '#domain/error.ts';
import { createPerform } from '#governance/perform.ts';
import { newId } from '#platform/new-id.ts';
import { asker } from '../stores/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

/** A read that the provider refuses with so long a wait. */
async function readRefusedFor(retryAfterMs: number) {
  const requestId = newId('request');
  const perform = createPerform({
    ledger: test.stores.ledger,
    now: () => new Date(),
    settleMs: 1,
    monotonicMs: () => 0,
  });
  return perform({
    actor: asker,
    requestId,
    runId: `${requestId}/1`,
    namesRunId: null,
    action: {
      facts: { id: 'github_issue_read', connector: 'github', operation: 'read_issues', effect: 'read' },
      event: 'github.issues_read',
      dataTouched: () => [],
      run: async () => {
        throw new ProviderError('api_rate_limited', 'no', { retryAfterMs });
      },
      find: async () => ({ found: 'no' }),
    },
    input: {},
    inputDigest: 'i'.repeat(64),
    target: 'acme/website',
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
  });
}

describe('whoever controls what the provider answers', () => {
  it('can let a read wait for a minute, not for a day', async () => {
    expect(await readRefusedFor(60_000)).toMatchObject({ kind: 'later', afterMs: 60_000 });
    expect(await readRefusedFor(86_400_000)).toMatchObject({
      kind: 'failed',
      error: { code: 'api_rate_limited' },
    });
  });
});
