import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createActionTable } from '#connectors/registry.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { Governance } from '#governance/create-governance.ts';
import { followPolicies } from '#governance/policy/follow.ts';
import { openStores } from '#stores/open-stores.ts';
import { questionOf } from '../support/decision-question.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { benchGovernance } from './bench-governance.ts';
import { quantile } from './figures.ts';
import { manyPolicies, storePolicies } from './many-policies.ts';
import { sizes } from './sizes.ts';
import { addRows, count, ms } from './table.ts';

const [facts] = createActionTable().actions.filter(({ id }) => id === 'github_issue_read');

it('the time from a saved policy to its being live in two evaluators', async () => {
  const opened = await openTestStores();
  const policies = manyPolicies(sizes.policies);
  await storePolicies(opened.stores.policies, 'acme', policies);
  let current = policies.find(
    ({ domain, scope }) => domain === 'integrations' && scope.level === 'enterprise',
  );
  const evaluators = [await startEvaluator(opened), await startEvaluator(opened)];
  const live: number[] = [];
  for (let n = 0; n < sizes.changes; n += 1) {
    if (current === undefined) throw new Error('a policy of integrations is shipped');
    current = withGithub(current, n % 2 === 1);
    const wanted = n % 2 === 1 ? 'allow' : 'deny';
    await opened.stores.policies.insert('acme', current);
    const saved = performance.now();
    for (const { governance } of evaluators) {
      while ((await verdictIn(governance)) !== wanted) await sleep(1);
    }
    live.push(performance.now() - saved);
  }
  for (const { close } of evaluators) await close();
  await opened.close();

  const what = `${count(sizes.changes)} changes among ${count(sizes.policies)} policies`;
  addRows('reload', [
    { measured: `saved policy live in two evaluators, p50 (${what})`, figure: ms(quantile(live, 0.5)) },
    {
      measured: 'saved policy live in two evaluators, p99',
      figure: ms(quantile(live, 0.99)),
      aim: '60 s at the latest',
    },
  ]);
  expect(live).toHaveLength(sizes.changes);
});

/** Governance as a process makes it, over connections of its own, told of news by PostgreSQL. */
async function startEvaluator({ databases, signing }: TestStores) {
  const stores = openStores({
    database: { url: databases.databaseUrl },
    audit: { url: databases.auditDatabaseUrl },
    envelope: freshEnvelope(),
  });
  const governance = await benchGovernance(stores, signing.verify);
  const connected = Promise.withResolvers<void>();
  const news = followPolicies({
    url: databases.databaseUrl,
    cache: governance.policyCache,
    log: { info: () => connected.resolve(), warn: () => {} },
  });
  await connected.promise;
  return {
    governance,
    close: async () => {
      await news.close();
      await stores.close();
    },
  };
}

async function verdictIn({ decide }: Governance): Promise<string> {
  if (facts === undefined) throw new Error('issues can be read');
  const { verdict } = await decide(
    questionOf({ tenantId: 'acme', userId: 'ada', role: 'user', orgUnit: 'unit-1' }, facts),
  );
  return verdict;
}

function withGithub(policy: Policy, allowed: boolean): Policy {
  const rules = { ...policy.rules, allowed_connectors: allowed ? ['gmail', 'github'] : ['gmail'] };
  return { ...policy, version: policy.version + 1, rules };
}
