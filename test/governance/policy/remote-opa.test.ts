import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createActionTable } from '#connectors/registry.ts';
import { ownActions } from '#domain/action/own-actions.ts';
import { classifications } from '#domain/classification/classification.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import { createPolicyEvaluator, type PolicyEvaluator } from '#governance/policy/evaluate.ts';
import type { PolicyEngine } from '#platform/opa/engine.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { createRemoteEngine } from '#platform/opa/remote-engine.ts';
import { regoFiles } from '#policies/build.ts';
import { demoPolicies } from '#sandbox/demo/policies.ts';
import { freePort } from '#sandbox/free-port.ts';
import { needing } from '../../support/needing.ts';
import { toolPath } from '../../support/tools.ts';

const module = await loadRegoModule();
const actions = [...createActionTable().actions, ...Object.values(ownActions)];
const policies = demoPolicies({ by: 'installation', at: new Date('2026-01-01T00:00:00Z') });
const folder = join(import.meta.dirname, '../../../policies');

function evaluatorWith(engine?: PolicyEngine): PolicyEvaluator {
  return createPolicyEvaluator({
    module,
    ...(engine === undefined ? {} : { engine }),
    readPolicies: async () => ({ revision: '1', policies }),
    actions,
  });
}

it('an OPA that is not there denies, by every domain that is asked', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const there = evaluatorWith(createRemoteEngine({ url, timeoutMs: 5_000 }));
  const actor = { tenantId: 'acme', userId: 'u1', role: 'user' as const, orgUnit: '' };
  for (const facts of actions) {
    const rules = await there.evaluate({ actor, facts, classification: 'internal' });
    expect(rules.length).toBeGreaterThan(0);
    expect(new Set(rules.map(({ verdict, code }) => `${verdict} ${code}`))).toEqual(
      new Set(['deny policy_engine_error']),
    );
  }
});

needing('opa')('with opa on PATH', () => {
  let opa: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const sources = regoFiles().filter((file) => !file.endsWith('_test.rego'));
    opa = spawn(toolPath('opa'), ['run', '--server', `--addr=${address}`, ...sources], {
      cwd: folder,
      stdio: 'ignore',
    });
    url = `http://${address}`;
    while ((await fetch(`${url}/health`).catch(() => undefined))?.status !== 200) await setTimeout(50);
  });
  afterAll(() => {
    opa?.kill();
  });

  it('an OPA that holds our Rego says what the Rego in this process says, of every action', async () => {
    const here = evaluatorWith();
    const there = evaluatorWith(createRemoteEngine({ url, timeoutMs: 5_000 }));
    const seen: MatchedRule[] = [];
    for (const facts of actions) {
      for (const orgUnit of ['', 'engineering/web', 'sales']) {
        for (const classification of classifications) {
          const actor = { tenantId: 'acme', userId: 'u1', role: 'user' as const, orgUnit };
          const question = { actor, facts, classification };
          const rules = await here.evaluate(question);
          expect(await there.evaluate(question)).toEqual(rules);
          seen.push(...rules);
        }
      }
    }
    expect(new Set(seen.map(({ verdict }) => verdict)).size).toBeGreaterThan(2);
    expect(seen.filter(({ code }) => code === 'policy_engine_error')).toEqual([]);
  });

  it('an OPA that was killed denies', async () => {
    const there = evaluatorWith(createRemoteEngine({ url, timeoutMs: 5_000 }));
    opa.kill('SIGKILL');
    await new Promise((resolve) => opa.once('exit', resolve));
    const [facts] = actions;
    if (facts === undefined) throw new Error('there are actions');
    const actor = { tenantId: 'acme', userId: 'u1', role: 'user' as const, orgUnit: '' };
    const rules = await there.evaluate({ actor, facts, classification: 'internal' });
    expect(rules.length).toBeGreaterThan(0);
    expect(new Set(rules.map(({ code }) => code))).toEqual(new Set(['policy_engine_error']));
  });
});
