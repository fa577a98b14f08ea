import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createGovernance, type Governance } from '#governance/create-governance.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { followPolicies } from '#governance/policy/follow.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { questionOf } from '../../support/decision-question.ts';
import { readIssues } from '../../support/github-actions.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { patience } from '../../support/patience.ts';
import { recordEventIn } from '../../support/record-event.ts';
import { nobodyToAsk } from '../../support/rights.ts';

const person: Actor = { tenantId: 'acme', userId: 'ada', role: 'user', orgUnit: 'engineering' };
const log = { info: () => {}, warn: () => {} };

let opened: TestStores;
let integrations: Policy;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  opened = await openTestStores();
  const shipped = shippedPolicies({ by: 'test', at: new Date() });
  for (const policy of shipped) await opened.stores.policies.insert('acme', policy);
  const found = shipped.find(({ domain }) => domain === 'integrations');
  if (found === undefined) throw new Error('a policy of integrations is shipped');
  integrations = found;
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => opened?.close());

const now = () => new Date();

/** Governance as gateway and worker make it, over connections of its own. */
async function startProcess({ deaf = false, policyMaxAgeMs = 60_000 } = {}): Promise<Governance> {
  const governance = createGovernance({
    stores: opened.stores,
    module: await loadRegoModule(),
    actions: [readIssues],
    verify: opened.signing.verify,
    confirm: nobodyToAsk,
    recordEvent: recordEventIn(opened.stores, now),
    now,
    effectSettleMs: 1_000,
    rightsMaxAgeMs: 1_000,
    policyMaxAgeMs,
    onPolicyFailure: () => {},
  });
  if (!deaf) {
    const { policyCache: held } = governance;
    const connected = Promise.withResolvers<void>();
    const news = followPolicies({
      url: opened.databases.databaseUrl,
      cache: held,
      log: { ...log, info: () => connected.resolve() },
      retryMs: 20,
    });
    closers.push(() => news.close());
    await connected.promise;
  }
  return governance;
}

async function verdictIn(governance: Governance): Promise<string> {
  const { verdict } = await governance.decide(questionOf(person, readIssues));
  return verdict;
}

/** The next version of the enterprise's policy, with GitHub or without. */
async function save(connectors: readonly string[]): Promise<void> {
  const rules = { ...integrations.rules, allowed_connectors: connectors };
  integrations = { ...integrations, version: integrations.version + 1, rules };
  await opened.stores.policies.insert('acme', integrations);
}

const asAdmin = (work: (client: Client) => Promise<unknown>) => withAdmin(opened.databases.adminUrl, work);

describe('a saved change', () => {
  it('is live in two gateways and two workers, long before policies are due to be read again', async () => {
    const processes = await Promise.all([startProcess(), startProcess(), startProcess(), startProcess()]);
    const verdicts = () => Promise.all(processes.map(verdictIn));
    expect(await verdicts()).toEqual(['allow', 'allow', 'allow', 'allow']);
    await save(['gmail']);
    await vi.waitFor(
      async () => expect(await verdicts()).toEqual(['deny', 'deny', 'deny', 'deny']),
      patience,
    );
    await save(['gmail', 'github']);
    await vi.waitFor(
      async () => expect(await verdicts()).toEqual(['allow', 'allow', 'allow', 'allow']),
      patience,
    );
  });

  it('is live in a process that hears nothing, when its time is over', async () => {
    const deaf = await startProcess({ deaf: true, policyMaxAgeMs: 300 });
    expect(await verdictIn(deaf)).toBe('allow');
    await save(['gmail']);
    await vi.waitFor(async () => expect(await verdictIn(deaf)).toBe('deny'), patience);
    await save(['gmail', 'github']);
  });

  it('that came while the connection was lost is seen when it is back', async () => {
    const process = await startProcess();
    expect(await verdictIn(process)).toBe('allow');
    await asAdmin(async (client) => {
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'openclaw policies' AND datname = current_database()`,
      );
    });
    await save(['gmail']);
    await vi.waitFor(async () => expect(await verdictIn(process)).toBe('deny'), patience);
    await save(['gmail', 'github']);
    await vi.waitFor(async () => expect(await verdictIn(process)).toBe('allow'), patience);
  });
});

describe('somebody with the rights of the runtime login', () => {
  const refusals = async () => {
    const entries = await entriesOf(opened.stores, 'acme', { actionType: 'policy_change' });
    return entries.filter(({ event }) => event === 'policy.set_refused');
  };

  it('who slips a policy in changes nothing, which is on record once however many processes meet it', async () => {
    await save(['gmail']);
    const processes = await Promise.all([startProcess(), startProcess()]);
    expect(await Promise.all(processes.map(verdictIn))).toEqual(['deny', 'deny']);
    await opened.stores.database.inTenant('acme', async (tx) => {
      await tx
        .updateTable('policies')
        .set({ status: 'deprecated' })
        .where('id', '=', integrations.id)
        .where('status', '=', 'active')
        .execute();
      await tx
        .insertInto('policies')
        .values({
          id: integrations.id,
          version: integrations.version + 1,
          name: 'mine',
          domain: 'integrations',
          level: 'enterprise',
          org_unit: null,
          user_id: null,
          status: 'active',
          rules: JSON.stringify({ allowed_connectors: ['github'] }),
          may_grant: null,
          change_reason: 'r',
          created_by: 'x',
          created_at: new Date().toISOString(),
        })
        .execute();
    });
    await vi.waitFor(async () => {
      expect(await Promise.all(processes.map(verdictIn))).toEqual(['deny', 'deny']);
      expect(processes.map(({ policyCache }) => policyCache.degraded())).toEqual([['acme'], ['acme']]);
      expect(await refusals()).toHaveLength(1);
    }, patience);
    const fresh = await startProcess();
    expect(await verdictIn(fresh)).toBe('deny');
    expect(await refusals()).toMatchObject([{ outcome: 'error', metadata: { why: 'signature' } }]);
  });
});
