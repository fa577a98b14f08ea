import { randomBytes } from 'node:crypto';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { inject } from 'vitest';
import { type Activities, createActivities } from '#activities/index.ts';
import { plannable } from '#connectors/plannable.ts';
import { createActionTable } from '#connectors/registry.ts';
import { createIntentPlanner } from '#domain/plan-by-intent.ts';
import type { Policy } from '#domain/policy.ts';
import { createGovernance } from '#governance/create-governance.ts';
import { demoPolicies } from '#governance/shipped-policies.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import { createLogger } from '#platform/logger.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { connectTemporal, type Temporal } from '#platform/temporal/client.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { bundleWorkflows } from '#workers/bundle-workflows.ts';
import { createWorker } from '#workers/create-worker.ts';
import { createTestDatabases, type TestDatabases } from '../support/database.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { createMemoryProvider, type MemoryProvider } from './memory-provider.ts';
import { freshSigner } from './signing.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

export const rightsMaxAgeMs = 86_400_000;
export const settleMs = 20;

export interface TestWorker {
  stores: Stores;
  databases: TestDatabases;
  envelope: Envelope;
  temporal: Temporal;
  taskQueue: string;
  provider: MemoryProvider;
  signer: Signer;
  /** Milliseconds that the worker's clock is ahead of the real one. */
  clock: { aheadMs: number };
  /** Runs before each activity, while the workflow waits. */
  beforeActivity: (activity: keyof Activities) => Promise<void>;
  /** Stores policies as given and lets the worker read them anew, as a fresh one would. */
  putPolicies(policies: readonly Policy[]): Promise<void>;
  close(): Promise<void>;
}

/** The production worker in this process: real Temporal, PostgreSQL and Rego; the outside world is in memory. */
export async function startTestWorker({ envelope = freshEnvelope() } = {}): Promise<TestWorker> {
  const databases = await createTestDatabases();
  const stores = openStores({
    database: { url: databases.databaseUrl },
    audit: { url: databases.auditDatabaseUrl },
    envelope,
  });
  for (const policy of demoPolicies({ by: 'test', at: new Date() })) {
    await stores.policies.insert('acme', policy);
  }
  const provider = createMemoryProvider();
  const { signer, verify } = freshSigner();
  const clock = { aheadMs: 0 };
  const module = await loadRegoModule();
  const table = createActionTable();
  const now = () => new Date(Date.now() + clock.aheadMs);

  const buildActivities = () => {
    const governance = createGovernance({
      stores,
      module,
      actions: table.actions,
      verify,
      now,
      settleMs,
      rightsMaxAgeMs,
      onPolicyFailure: () => {},
    });
    return createActivities({
      ...stores,
      ...governance,
      openAction: provider.openAction,
      planner: createIntentPlanner({ actions: table.actions.map(plannable) }),
      verify,
      now,
      rightsMaxAgeMs,
    });
  };
  let activities = buildActivities();
  // Policies are held for a while, so new ones are seen by building anew.
  const current: Activities = {
    plan: (...given) => before('plan').then(() => activities.plan(...given)),
    act: (...given) => before('act').then(() => activities.act(...given)),
    countVote: (...given) => before('countVote').then(() => activities.countVote(...given)),
    expireApproval: (...given) => before('expireApproval').then(() => activities.expireApproval(...given)),
    recordResolution: (...given) =>
      before('recordResolution').then(() => activities.recordResolution(...given)),
    expireResolution: (...given) =>
      before('expireResolution').then(() => activities.expireResolution(...given)),
  };
  const before = (activity: keyof Activities) => made.beforeActivity(activity);

  const taskQueue = `workflows-${randomBytes(6).toString('hex')}`;
  const address = inject('temporalAddress');
  const connection = await NativeConnection.connect({ address });
  const worker = await createWorker({
    connection,
    namespace: 'default',
    taskQueue,
    workflowBundle: await bundleWorkflows(new DefaultLogger('ERROR')),
    activities: current,
    envelope,
    logger: createLogger({ level: 'silent', name: 'test' }),
    shutdownGraceMs: 0,
  });
  const running = worker.run();
  const temporal = connectTemporal({ address, namespace: 'default', envelope });
  const made: TestWorker = {
    stores,
    databases,
    envelope,
    temporal,
    taskQueue,
    provider,
    signer,
    clock,
    beforeActivity: async () => {},
    putPolicies: async (policies) => {
      for (const policy of policies) await stores.policies.insert('acme', policy);
      activities = buildActivities();
    },
    close: async () => {
      worker.shutdown();
      await running;
      await temporal.close();
      await connection.close();
      await stores.close();
      await databases.drop();
    },
  };
  return made;
}
