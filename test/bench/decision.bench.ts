import { expect, it } from 'vitest';
import { createActionTable } from '#connectors/registry.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createDecide, type Decide, type DecisionQuestion } from '#governance/decide.ts';
import { createPolicyCache } from '#governance/policy/cache.ts';
import { effectivePolicy, policiesFor } from '#governance/policy/effective.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import type { PolicyEngine } from '#platform/opa/engine.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { createRemoteEngine } from '#platform/opa/remote-engine.ts';
import { questionOf } from '../support/decision-question.ts';
import { openTestStores } from '../support/open-test-stores.ts';
import { quantile } from './figures.ts';
import { oneByOne } from './load.ts';
import { manyPolicies, peopleUnder, storePolicies } from './many-policies.ts';
import { askHolding, startOpa } from './opa-server.ts';
import { sizes } from './sizes.ts';
import { addRows, count, ms, times } from './table.ts';

const module = await loadRegoModule();
/** What a decision is told of an action, and no more of it. */
const actions = createActionTable().actions.map(({ id, connector, operation, effect }) => ({
  id,
  connector,
  operation,
  effect,
}));

it('a decision in process, and over HTTP to OPA', async () => {
  const opened = await openTestStores();
  const policies = manyPolicies(sizes.policies);
  await storePolicies(opened.stores.policies, 'acme', policies);
  const held = createPolicyCache({
    readPolicies: opened.stores.policies.active,
    verify: opened.signing.verify,
    maxAgeMs: 60_000,
    monotonicMs: () => performance.now(),
  });
  const deciding = (engine?: PolicyEngine): Decide => {
    const readPolicies = held.read;
    const more = engine === undefined ? {} : { engine };
    const { evaluate } = createPolicyEvaluator({ module, readPolicies, actions, ...more });
    return createDecide({ evaluate, now: () => new Date() });
  };
  const people = peopleUnder(policies, 'acme');
  const here = deciding();
  const decide = (n: number) => here(nthQuestion(people, n));
  await oneByOne(people.length * actions.length, decide);
  const inProcess = await oneByOne(sizes.decisions, decide);

  // One person whose policy OPA holds: the same questions both ways.
  const one = people.slice(0, 1);
  const alike = await oneByOne(sizes.decisions, (n) => here(nthQuestion(one, n)));
  const overHttp = await measureOpa({ policies, one, deciding, here });
  await opened.close();

  const [p50, p99] = [quantile(inProcess, 0.5), quantile(inProcess, 0.99)];
  const cached = `${count(policies.length)} policies, ${people.length} positions`;
  addRows('decision', [
    { measured: `decision in process, p50 (${cached})`, figure: ms(p50), aim: '100 µs' },
    { measured: 'decision in process, p99', figure: ms(p99), aim: '1 ms' },
    ...overHttp.map(({ how, latencies }) => ({
      measured: `the same decision over HTTP to OPA, p50 (${how})`,
      figure: ms(quantile(latencies, 0.5)),
      baseline: `${ms(quantile(alike, 0.5))} in process`,
      ratio: times(quantile(latencies, 0.5) / quantile(alike, 0.5)),
      aim: 'at least 20×',
    })),
  ]);
  expect(inProcess).toHaveLength(sizes.decisions);
});

interface Asking {
  policies: readonly Policy[];
  one: readonly Actor[];
  deciding: (engine?: PolicyEngine) => Decide;
  here: Decide;
}

async function measureOpa({ policies, one, deciding, here }: Asking) {
  const [person] = one;
  if (person === undefined) throw new Error('there is a person');
  const holding = await startOpa(effectivePolicy(policiesFor(person, policies)));
  const bare = await startOpa();
  if (holding === undefined || bare === undefined) return [];
  const ways = [
    { how: 'OPA holds the policy', decide: deciding(askHolding(holding)) },
    {
      how: 'as OPA_SIDECAR_URL asks',
      decide: deciding(createRemoteEngine({ url: bare.url, timeoutMs: 5_000 })),
    },
  ];
  const measured = [];
  for (const { how, decide } of ways) {
    for (let n = 0; n < actions.length; n += 1) {
      const question = nthQuestion(one, n);
      expect((await decide(question)).rules).toEqual((await here(question)).rules);
    }
    measured.push({
      how,
      latencies: await oneByOne(sizes.httpDecisions, (n) => decide(nthQuestion(one, n))),
    });
  }
  await Promise.all([holding.close(), bare.close()]);
  return measured;
}

function nthQuestion(people: readonly Actor[], n: number): DecisionQuestion {
  const actor = people[n % people.length];
  const facts = actions[Math.floor(n / people.length) % actions.length];
  if (actor === undefined || facts === undefined) throw new Error('there are people and actions');
  return questionOf(actor, facts);
}
