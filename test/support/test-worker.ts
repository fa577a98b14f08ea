import { randomBytes } from 'node:crypto';
import { DefaultLogger, NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import { type Activities, createActivities } from '#activities/index.ts';
import { createTellNotSo } from '#activities/not-so.ts';
import { choosePlanner } from '#activities/plan/choose-planner.ts';
import { createActionTable } from '#connectors/registry.ts';
import { type Models, noModels } from '#domain/model/model.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createGovernance } from '#governance/create-governance.ts';
import type { ConfirmRights } from '#governance/person/confirm-rights.ts';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { createUpkeep } from '#governance/upkeep/create-upkeep.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Signer } from '#platform/crypto/signature.ts';
import type { LoginKind } from '#platform/database/names.ts';
import { createLogger } from '#platform/logger.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { connectTemporal, type Temporal } from '#platform/temporal/client.ts';
import { demoPolicies } from '#sandbox/demo/policies.ts';
import type { Stores } from '#stores/open-stores.ts';
import { bundleWorkflows } from '#workers/bundle-workflows.ts';
import { createWorker } from '#workers/create-worker.ts';
import { aheadLedger } from './ahead-ledger.ts';
import { createTestDatabases, type TestDatabases } from './database.ts';
import { freshEnvelope } from './key-ring.ts';
import { createMemoryProvider, type MemoryProvider } from './memory-provider.ts';
import { recordEventIn } from './record-event.ts';
import { nobodyToAsk } from './rights.ts';
import { newSigner } from './sample-export.ts';
import { freshSigner } from './signing.ts';
import { giveKeys, storesOf } from './stores-of.ts';
import './temporal-runtime.ts';

export const rightsMaxAgeMs = 86_400_000;
export const effectSettleMs = 20;

export interface TestWorker {
  /** Of whoever may do all, to set scenes and to look. */
  stores: Stores;
  /** As one process has them, by its own login. */
  as(process: LoginKind): Promise<Stores>;
  databases: TestDatabases;
  envelope: Envelope;
  temporal: Temporal;
  taskQueue: string;
  provider: MemoryProvider;
  signer: Signer;
  /** Public key (hex) that verifies heads of the audit log. */
  auditKey: string;
  /** Milliseconds that the worker's clock is ahead of the real one. */
  clock: { aheadMs: number };
  /** Runs before each activity, while the workflow waits. */
  beforeActivity: (activity: keyof Activities) => Promise<void>;
  /** May this workflow hold payloads from before they were bound? None may, unless a test says so. */
  unbound: (workflowId: string) => boolean;
  /** Stores policies as given and lets the worker read them anew, as a fresh one would. */
  putPolicies(policies: readonly Policy[]): Promise<void>;
  close(): Promise<void>;
}

/** The production worker in this process: real Temporal, PostgreSQL and Rego; the outside world is in memory. */
export async function startTestWorker({
  envelope = freshEnvelope(),
  models = noModels,
  plannerModel,
  openConfirm,
}: {
  envelope?: Envelope;
  models?: Models;
  plannerModel?: string;
  /** How the worker asks the identity provider for rights; without it, nobody can be asked. */
  openConfirm?: (stores: Stores, now: () => Date) => ConfirmRights;
} = {}): Promise<TestWorker> {
  const databases = await createTestDatabases();
  const { signer, verify } = freshSigner();
  const auditSigner = newSigner('audit');
  const clock = { aheadMs: 0 };
  const { open, close } = storesOf({ envelope, policySigning: { signer, verify } });
  const openAs = (urls: Parameters<typeof open>[0]): Stores => {
    const opened = open(urls);
    return { ...opened, ledger: aheadLedger(opened.ledger, clock) };
  };
  const stores = openAs(databases);
  const provider = createMemoryProvider();
  const module = await loadRegoModule();
  const table = createActionTable();
  const now = () => new Date(Date.now() + clock.aheadMs);
  const recordEvent = recordEventIn(stores, now);
  await addMissingPolicies({ ...stores, recordEvent, tenantId: 'acme', now, make: demoPolicies });

  const confirm = openConfirm?.(stores, now) ?? nobodyToAsk;

  const buildActivities = () => {
    const governance = createGovernance({
      stores,
      models,
      module,
      actions: table.actions,
      verify,
      now,
      effectSettleMs,
      // However slow the machine: this worker never counts as one that stood still.
      monotonicMs: () => 0,
      rightsMaxAgeMs,
      confirm,
      recordEvent,
      onPolicyFailure: () => {},
    });
    return createActivities({
      ...stores,
      ...governance,
      ...createUpkeep({ stores, governance, now }),
      openAction: provider.openAction,
      planner: choosePlanner({
        actions: table.actions,
        callModel: governance.callModel,
        model: plannerModel,
      }),
      verify,
      now,
      heads: { signer: auditSigner, trustedKeys: [], publishers: [], lastPublished: async () => undefined },
      suspendedLookMs: 300,
    });
  };
  let activities = buildActivities();
  // Policies are held for a while, so new ones are seen by building anew.
  const named = (name: string): name is keyof Activities => name in activities;
  const current = Object.fromEntries(
    Object.keys(activities)
      .filter(named)
      .map((name) => [
        name,
        async (...given: never[]): Promise<unknown> => {
          await made.beforeActivity(name);
          const run: (...given: never[]) => Promise<unknown> = activities[name];
          return run(...given);
        },
      ]),
  );

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
    unbound: async (workflowId) => made.unbound(workflowId),
    tellNotSo: createTellNotSo({ recordEvent, now }),
    logger: createLogger({ level: 'silent', name: 'test' }),
    shutdownGraceMs: 0,
  });
  const running = worker.run();
  const temporal = connectTemporal({ address, namespace: 'default', envelope });
  const made: TestWorker = {
    stores,
    async as(process) {
      await giveKeys(stores);
      return openAs(databases.as(process));
    },
    databases,
    envelope,
    temporal,
    taskQueue,
    provider,
    signer,
    auditKey: auditSigner.publicKey,
    clock,
    beforeActivity: async () => {},
    unbound: () => false,
    putPolicies: async (policies) => {
      for (const policy of policies) await stores.policies.insert('acme', policy);
      activities = buildActivities();
    },
    close: async () => {
      worker.shutdown();
      await running;
      await temporal.close();
      await connection.close();
      await close();
      await databases.drop();
    },
  };
  return made;
}
