import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import { createGovernance, type Governance } from '#governance/create-governance.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { questionOf } from '../support/decision-question.ts';
import { commentIssue, readIssues } from '../support/github-actions.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { type Line, openLine } from '../support/line.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { recordEventIn } from '../support/record-event.ts';
import { nobodyToAsk } from '../support/rights.ts';

const actions = [readIssues, commentIssue] as const;
const actor: Actor = { tenantId: 'acme', userId: 'ada', role: 'enterprise_admin', orgUnit: '' };

let opened: TestStores;
let line: Line;
let stores: Stores;

beforeAll(async () => {
  opened = await openTestStores();
  for (const policy of shippedPolicies({ by: 'test', at: new Date() })) {
    await opened.stores.policies.insert('acme', policy);
  }
  const postgres = new URL(inject('postgresAdminUrl'));
  line = await openLine({ host: postgres.hostname, port: Number(postgres.port) });
  const through = new URL(opened.databases.databaseUrl);
  through.host = `127.0.0.1:${line.port}`;
  stores = openStores({
    database: { url: through.href, connectTimeoutMs: 5_000 },
    audit: { url: opened.databases.auditDatabaseUrl },
    envelope: freshEnvelope(),
  });
});
afterAll(async () => {
  await stores?.close();
  await line?.cut();
  await opened?.close();
});

const now = () => new Date();

async function startProcess(): Promise<Governance> {
  return createGovernance({
    stores,
    module: await loadRegoModule(),
    actions,
    verify: opened.signing.verify,
    confirm: nobodyToAsk,
    recordEvent: recordEventIn(stores, now),
    now,
    effectSettleMs: 1_000,
    rightsMaxAgeMs: 1_000,
    onPolicyFailure: () => {},
  });
}

function decisionsOf({ decide }: Governance) {
  return Promise.all(
    actions.map(async (facts) => {
      const { verdict, rules } = await decide(questionOf(actor, facts, { classification: 'public' }));
      return [verdict, rules.map(({ code }) => code)];
    }),
  );
}

const verdictsOf = async (process: Governance) => (await decisionsOf(process)).map(([verdict]) => verdict);

const denied = ['deny', ['policy_engine_error']];

describe('the policy store is away', () => {
  it('when a process starts: everything is denied until it can be read, without a restart', async () => {
    await line.cut();
    const process = await startProcess();
    expect(await decisionsOf(process)).toEqual([denied, denied]);
    expect(process.policyCache.degraded()).toEqual(['acme']);
    await line.mend();
    expect(await verdictsOf(process)).toEqual(['allow', 'deny']);
    expect(process.policyCache.degraded()).toEqual([]);
  });

  it('later: a running process goes on by what it read last, and says that it is behind', async () => {
    const process = await startProcess();
    const before = await decisionsOf(process);
    await line.cut();
    process.policyCache.forgetAll();
    expect(await decisionsOf(process)).toEqual(before);
    expect(process.policyCache.degraded()).toEqual(['acme']);
    await line.mend();
  });

  it('an empty store denies everything too', async () => {
    const process = await startProcess();
    const { decide } = process;
    const [facts] = actions;
    const decision = await decide(
      questionOf({ ...actor, tenantId: 'globex' }, facts, { classification: 'public' }),
    );
    expect(decision.verdict).toBe('deny');
  });
});
