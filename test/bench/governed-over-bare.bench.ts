import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { mayCall } from '#activities/callers.ts';
import { createActivities } from '#activities/index.ts';
import { createActionTable } from '#connectors/registry.ts';
import { requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { createGovernance } from '#governance/create-governance.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { createUpkeep } from '#governance/upkeep/create-upkeep.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { createLogger } from '#platform/logger.ts';
import { newId } from '#platform/new-id.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { connectTemporal } from '#platform/temporal/client.ts';
import { failureConverterPath } from '#platform/temporal/data-converter.ts';
import { openStores } from '#stores/open-stores.ts';
import { createWorker } from '#workers/create-worker.ts';
import type { RequestInput } from '#workflows/messages/request.ts';
import { createTestDatabases } from '../support/database.ts';
import { recordEventIn } from '../support/record-event.ts';
import { nobodyToAsk } from '../support/rights.ts';
import { newSigner } from '../support/sample-export.ts';
import { freshSigner } from '../support/signing.ts';
import { type Figures, figuresOf, quantile, type Sample } from './figures.ts';
import { sizes } from './sizes.ts';
import { addRows, ms, type Row, times } from './table.ts';

const { runs } = sizes;
const warmUps = 20;
const actor: Actor = { tenantId: 'acme', userId: 'bench', role: 'user', orgUnit: 'engineering/web' };
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let statements = 0;
countStatements();
Runtime.install({ logger: new DefaultLogger('WARN') });

it('a governed request over a bare workflow of three activities', async () => {
  const databases = await createTestDatabases();
  const envelope = createEnvelope(
    parseKeyRing(JSON.stringify({ active: 'k1', keys: { k1: randomBytes(32).toString('base64') } })),
  );
  const stores = openStores({
    database: { url: databases.databaseUrl },
    audit: { url: databases.auditDatabaseUrl },
    envelope,
    policySigning: freshSigner(),
  });
  await allowEverything(stores);
  const commitMs = await medianCommit(databases.adminUrl);
  const taskQueue = `bench-${randomBytes(4).toString('hex')}`;
  const worker = await benchWorker({ stores, envelope, taskQueue });
  const temporal = connectTemporal({ address: inject('temporalAddress'), namespace: 'default', envelope });

  const execute = async (workflowType: 'request' | 'bare', effect: 'read' | 'write') => {
    const input = await planned(stores, effect);
    const workflowId = requestWorkflowId(actor.tenantId, input.requestId);
    const caller = { tenantId: actor.tenantId, actorId: actor.userId, traceId: input.requestId };
    const before = { cpu: process.cpuUsage(), statements, at: performance.now() };
    await temporal.as(caller, (client) =>
      client.workflow.execute(workflowType, { workflowId, taskQueue, args: [input] }),
    );
    const used = process.cpuUsage(before.cpu);
    const sample: Sample = {
      ms: performance.now() - before.at,
      cpuMs: (used.user + used.system) / 1_000,
      statements: statements - before.statements,
    };
    return { sample, workflowId };
  };
  const eventsOf = async (workflowId: string) =>
    (await temporal.client.workflow.getHandle(workflowId).fetchHistory()).events?.length ?? 0;

  const kinds = [
    { name: 'bare workflow, three activities', type: 'bare', effect: 'read' },
    { name: 'governed request, three reads', type: 'request', effect: 'read' },
    { name: 'governed request, three writes', type: 'request', effect: 'write' },
  ] as const;
  const rows = await worker.runUntil(async () => {
    const samples = kinds.map((): Sample[] => []);
    const events: number[] = [];
    for (let run = -warmUps; run < runs; run += 1) {
      for (const [index, { type, effect }] of kinds.entries()) {
        const { sample, workflowId } = await execute(type, effect);
        if (run >= 0) samples[index]?.push(sample);
        if (run === 0) events[index] = await eventsOf(workflowId);
      }
    }
    return kinds.map(({ name }, index) => ({
      name,
      events: events[index] ?? 0,
      figures: figuresOf(samples[index] ?? []),
    }));
  });
  await temporal.close();
  await stores.close();
  await databases.drop();

  addRows('workflow', [
    ...tableRows(rows),
    { measured: 'one synchronous commit, p50 (most of it is the disk)', figure: ms(commitMs) },
  ]);
  expect(rows.map(({ events }) => events)).toEqual([rows[0]?.events, rows[0]?.events, rows[0]?.events]);
});

type Stores = ReturnType<typeof openStores>;

async function allowEverything({ policies }: Stores): Promise<void> {
  const connectors = ['github'];
  const github = { permission: 'read_write', allowed_operations: ['read_issues', 'comment_issue'] };
  const bodies = [
    { domain: 'actions', rules: { default_autonomy: 'autonomous', action_overrides: {} } },
    {
      domain: 'integrations',
      rules: { allowed_connectors: connectors, default_permission: 'read', connector_overrides: { github } },
    },
  ];
  for (const { domain, rules } of bodies) {
    const body = {
      name: `bench ${domain}`,
      domain,
      scope: { level: 'enterprise' },
      status: 'active',
      rules,
      change_reason: 'bench',
    };
    await policies.insert(actor.tenantId, parseNewPolicy(body, { among: [], by: 'bench', at: new Date() }));
  }
}

/** The same worker options for all; the actions do nothing outside, so that only governance differs. */
async function benchWorker({
  stores,
  envelope,
  taskQueue,
}: {
  stores: Stores;
  envelope: ReturnType<typeof createEnvelope>;
  taskQueue: string;
}) {
  const logger = createLogger({ level: 'error', name: 'bench' });
  const table = createActionTable();
  const now = () => new Date();
  const governance = createGovernance({
    stores,
    module: await loadRegoModule(),
    actions: table.actions,
    verify: () => true,
    confirm: nobodyToAsk,
    recordEvent: recordEventIn(stores, now),
    now,
    effectSettleMs: 30_000,
    rightsMaxAgeMs: 86_400_000,
    onPolicyFailure: ({ cause }) => logger.error(cause),
  });
  const activities = createActivities({
    ...stores,
    ...governance,
    ...createUpkeep({ stores, governance, now }),
    verify: () => true,
    now,
    heads: { signer: newSigner('k1'), trustedKeys: [], publishers: [], lastPublished: async () => undefined },
    planner: {
      label: 'none',
      plan: async () => ({ understood: false, planner: 'none', answer: '', suggestions: [] }),
    },
    openAction: (_tenantId, actionId) => {
      const action = table.action(actionId);
      if (action === undefined) throw new RangeError(actionId);
      const { id, connector, operation, effect } = action;
      return {
        action,
        registered: {
          facts: { id, connector, operation, effect },
          event: action.audit,
          dataTouched: () => [
            { source: 'github', itemId: 'acme/website#7', classification: 'internal', purpose: 'bench' },
          ],
          run: async () => ({ ok: true }),
          find: async () => ({ found: 'no' }),
        },
      };
    },
  });
  const bundle = await bundleWorkflowCode({
    workflowsPath: root('test/bench/workflows.ts'),
    workflowInterceptorModules: [root('workflows/interceptors.ts')],
    failureConverterPath,
    logger: new DefaultLogger('ERROR'),
  });
  const withBaseline = { ...activities, bareStep: async () => ({ kind: 'done' }) };
  return createWorker({
    connection: await NativeConnection.connect({ address: inject('temporalAddress') }),
    namespace: 'default',
    taskQueue,
    workflowBundle: bundle,
    activities: withBaseline,
    mayCall: (activity, by, told) => activity === 'bareStep' || mayCall(activity, by, told),
    tellNotSo: async () => {},
    envelope,
    logger,
    shutdownGraceMs: 1_000,
  });
}

/** A request whose three actions are planned already; made before the clock starts. */
async function planned({ requests }: Stores, effect: 'read' | 'write'): Promise<RequestInput> {
  const requestId = newId('request');
  await requests.create(actor, {
    id: requestId,
    idempotencyKey: requestId,
    bodyDigest: '0'.repeat(64),
    text: 'bench',
  });
  const input =
    effect === 'read'
      ? { repository: 'acme/website' }
      : { repository: 'acme/website', issue_number: 7, body: 'Fixed in 2.1' };
  const action = {
    action: effect === 'read' ? 'github_issue_read' : 'github_issue_comment',
    connector: 'github',
    effect,
    target: effect === 'read' ? 'acme/website' : 'acme/website#7',
    input,
    classification: 'internal',
    origin: 'user',
  } as const;
  const actions = await requests.savePlan(actor, requestId, {
    planner: 'client',
    actions: [action, action, action],
  });
  await requests.markStarted(actor.tenantId, requestId);
  const day = 86_400_000;
  return { actor, requestId, actions, approvalExpiresMs: day, resolutionExpiresMs: day };
}

function countStatements(): void {
  const { prototype } = pg.Client;
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const original = prototype.query as (...args: unknown[]) => unknown;
  Object.defineProperty(prototype, 'query', {
    value(this: unknown, ...args: unknown[]) {
      statements += 1;
      return original.apply(this, args);
    },
  });
}

/** What one synchronous commit costs here, milliseconds: most of it is the disk's fsync. */
async function medianCommit(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('CREATE TABLE bench_commit (at timestamptz)');
  const times: number[] = [];
  for (let run = 0; run < 100; run += 1) {
    const at = performance.now();
    await client.query('INSERT INTO bench_commit VALUES (now())');
    times.push(performance.now() - at);
  }
  await client.end();
  return quantile(times, 0.5);
}

interface Kind {
  name: string;
  events: number;
  figures: Figures;
}

function tableRows([base, ...governed]: readonly Kind[]): Row[] {
  if (base === undefined) return [];
  const against = (name: keyof Pick<Figures, 'p50' | 'p95' | 'cpuMs'>, kind: Kind) => ({
    figure: ms(kind.figures[name]),
    baseline: `${ms(base.figures[name])} ${base.name}`,
    ratio: times(kind.figures[name] / base.figures[name]),
  });
  return governed.flatMap((kind) => [
    { measured: `${kind.name}, p50`, ...against('p50', kind), aim: '1.15×' },
    { measured: `${kind.name}, p95`, ...against('p95', kind) },
    { measured: `${kind.name}, CPU of worker and client`, ...against('cpuMs', kind) },
    {
      measured: `${kind.name}, SQL statements; history events`,
      figure: `${kind.figures.statements.toFixed(1)}; ${kind.events}`,
      baseline: `${base.figures.statements.toFixed(1)}; ${base.events}`,
    },
  ]);
}
