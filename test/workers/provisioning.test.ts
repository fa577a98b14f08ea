import { type ChildProcess, spawn } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { requestWorkflowId, tenantWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { searchAttributes } from '#domain/search-attributes.ts';
import type { TenantStatus } from '#domain/tenant/tenant.ts';
import { createTenantWork } from '#gateway/temporal/tenant-work.ts';
import { createLegalHolds } from '#governance/person/legal-holds.ts';
import { createEnvelope, type Envelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { withAdmin, withMigrationLock } from '#platform/database/admin-connection.ts';
import { tenantNames } from '#platform/database/names.ts';
import { newId } from '#platform/new-id.ts';
import { connectTemporal, type Temporal } from '#platform/temporal/client.ts';
import { installationKeys } from '#sandbox/keys.ts';
import { createDataKeyStore } from '#stores/key/data-keys.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { requestWorkflowType } from '#workflows/messages/request.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { compileCache } from '../support/compile-cache.ts';
import { createTestDatabases, type TestDatabases } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const root = join(import.meta.dirname, '../..');
const operator: Actor = { tenantId: 'acme', userId: 'acme-admin', role: 'enterprise_admin', orgUnit: 'hq' };
const taskQueue = `tenants-${randomBytes(6).toString('hex')}`;
const ownId = () => `t${randomBytes(5).toString('hex')}`;

let databases: TestDatabases;
let stores: Stores;
let temporal: Temporal;
let environment: Record<string, string>;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  databases = await createTestDatabases();
  folder = mkdtempSync(join(tmpdir(), 'openclaw-provisioning-'));
  const keys = installationKeys(folder);
  const envelope = createEnvelope(parseKeyRing(readFileSync(keys.encryptionKeysFile, 'utf8')));
  stores = openStores({
    database: { url: databases.databaseUrl, maxConnections: 3 },
    audit: { url: databases.auditDatabaseUrl, maxConnections: 1 },
    envelope,
  });
  temporal = connectTemporal({ address: inject('temporalAddress'), namespace: 'default', envelope });
  environment = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    DATABASE_URL: databases.as('provisioning').databaseUrl,
    AUDIT_DATABASE_URL: databases.as('provisioning').auditDatabaseUrl,
    DATABASE_ADMIN_URL: databases.adminUrl,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_TASK_QUEUE: taskQueue,
    OPERATOR_TENANT: 'acme',
    TENANT_DELETE_WAIT_MS: '1',
    ENCRYPTION_KEYS_FILE: keys.encryptionKeysFile,
    VOTE_SIGNING_KEY_FILE: keys.voteSigningKeyFile,
    VOTE_VERIFY_KEYS_FILE: keys.voteVerifyKeysFile,
  };
});
afterAll(async () => {
  await killAll();
  await temporal?.close();
  await stores?.close();
  await databases?.drop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const isAlive = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

async function killAll(): Promise<void> {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    if (isAlive(child)) await once(child, 'exit');
  }
}

/** The real process; resolves when it says that it is ready. */
async function startProvisioning(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['workers/provisioning-main.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...compileCache, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer) => {
      said += text.toString();
      if (said.includes('provisioning ready')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`the process ended: ${said}`)));
  });
  return child;
}

const work = () => createTenantWork({ temporal, taskQueue });

async function addTenant(): Promise<string> {
  const id = ownId();
  await stores.tenants.add({ id, name: 'Initech', domains: [], oidcIssuer: null });
  return id;
}

const statusOf = (id: string) => stores.tenants.read(id).then((tenant) => tenant?.status);

const untilStatus = (id: string, wanted: TenantStatus, patienceMs?: number) =>
  eventually(
    () => statusOf(id),
    (status) => status === wanted,
    patienceMs,
  );

/** Made by a process that goes on running, and does what is asked of it afterwards. */
async function activeTenant(): Promise<string> {
  if (!running.some(isAlive)) await startProvisioning();
  const id = await addTenant();
  await work().create(id, operator);
  await untilStatus(id, 'active');
  return id;
}

/** Asks for a deletion that is due in so many milliseconds. */
async function deleteTenant(id: string, dueInMs = 0): Promise<void> {
  await stores.tenants.step(id, { from: ['active'], to: 'deleting', waitMs: dueInMs });
  await work().delete(id, operator);
}

const audited = async (event: string) => {
  const entries = await entriesOf(stores, 'acme');
  return entries.filter((entry) => entry.event === event).map((entry) => entry.metadata['tenant']);
};

describe('a new tenant', () => {
  it('gets role, schema and signed policies, and is active when all of it is there', async () => {
    const id = await activeTenant();
    const { policies, signed } = await stores.policies.active(id);
    expect(policies.length).toBeGreaterThan(1);
    expect(signed).not.toBeNull();
    expect(await audited('tenant.provisioned')).toEqual([id]);
  });

  it('is finished by another worker when the first is killed in the middle', async () => {
    await killAll();
    const first = await startProvisioning();
    const id = await addTenant();
    await withMigrationLock(
      databases.adminUrl,
      () => {},
      async () => {
        await work().create(id, operator);
        await eventually(
          () => pendingActivity(id),
          (type) => type === 'prepareTenantDatabase',
        );
        first.kill('SIGKILL');
        await once(first, 'exit');
      },
    );
    expect(await statusOf(id)).toBe('provisioning');
    await startProvisioning();
    await untilStatus(id, 'active', 90_000);
    expect((await audited('tenant.provisioned')).filter((one) => one === id)).toHaveLength(1);
  });

  it('is made also when the gateway could not start its workflow', async () => {
    const id = await addTenant();
    await startProvisioning();
    await untilStatus(id, 'active');
  });
});

describe('a tenant whose deletion is due', () => {
  it('loses its workflows, sessions, schema and role, in that order, and keeps its name', async () => {
    const id = await activeTenant();
    const requestId = newId('request');
    const workflowId = requestWorkflowId(id, requestId);
    await startRequest(id, workflowId, requestId);
    await deleteTenant(id, 6_000);
    expect(await statusOf(id)).toBe('deleting');
    expect(await workflowStatus(workflowId)).toBe('RUNNING');
    await untilStatus(id, 'deleted');
    expect(await workflowStatus(workflowId)).toBe('TERMINATED');
    const { role, schema } = tenantNames(databases.prefix, id);
    const left = await withAdmin(databases.adminUrl, async (client) => {
      const { rows } = await client.query(
        'SELECT FROM pg_roles WHERE rolname = $1 UNION ALL SELECT FROM pg_namespace WHERE nspname = $2',
        [role, schema],
      );
      return rows.length;
    });
    expect(left).toBe(0);
    expect(await audited('tenant.deleted')).toEqual([id]);
    await expect(stores.policies.active(id)).rejects.toMatchObject({ code: 'TENANT_UNKNOWN' });
  });

  it('leaves nothing that any key opens, also for who kept copies of its rows', async () => {
    const id = await activeTenant();
    const ref = await stores.content.save({
      tenantId: id,
      purpose: 'request_text',
      ownerId: 'ada',
      classification: 'confidential',
      value: 'what only the tenant knows',
    });
    await stores.subjects.ensure(id, ['ada']);
    // Keys of the tenant's workflow payloads are the same ones. A process may hold one for some seconds yet.
    const clock = { aheadMs: 0 };
    const held = createDataKeyStore({
      database: stores.database,
      envelope: masterEnvelope(),
      monotonicMs: () => performance.now() + clock.aheadMs,
    });
    await held.forPayloads(id);
    const { schema } = tenantNames(databases.prefix, id);
    const kept = await withAdmin(databases.adminUrl, async (client) => {
      const { rows } = await client.query<{ bytes: Buffer; place: string }>(
        `SELECT sealed AS bytes, $1 || '|' || id || '|' || purpose AS place FROM ${schema}.content
         UNION ALL SELECT sealed_key, $1 || '|' || subject || '|subject_key' FROM ${schema}.subjects`,
        [id],
      );
      return rows;
    });
    expect(kept.length).toBeGreaterThan(1);
    const opened = async () => {
      const envelopes = await everyEnvelope();
      return kept.map(({ bytes, place }) => envelopes.filter((one) => opens(one, bytes, place)).length);
    };
    expect(await opened()).toEqual(kept.map(() => 1));
    expect(await stores.content.get(id, ref)).toBe('what only the tenant knows');
    await deleteTenant(id);
    await untilStatus(id, 'deleted');
    expect(await opened()).toEqual(kept.map(() => 0));
    clock.aheadMs = 30_000;
    await expect(held.forPayloads(id)).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
    const later = openStores({
      database: { url: databases.databaseUrl, maxConnections: 1 },
      audit: { url: databases.auditDatabaseUrl, maxConnections: 1 },
      envelope: masterEnvelope(),
    });
    await later.dataKeys.ready(id);
    for (const { bytes, place } of kept) expect(opens(later.dataKeys.envelope, bytes, place)).toBe(false);
    await later.close();
  });

  it('keeps everything while a legal hold lasts', async () => {
    const id = await activeTenant();
    const holds = createLegalHolds({ legalHolds: stores.legalHolds, now: () => new Date() });
    const admin: Actor = { ...operator, tenantId: id };
    await holds.place(admin, { userId: null, from: null, to: null, reason: 'a case' });
    await deleteTenant(id);
    await eventually(
      () => whyItWaits(id),
      (why) => why === 'TENANT_HELD',
    );
    expect(await statusOf(id)).toBe('deleting');
    expect((await stores.legalHolds.list(id)).map(({ reason }) => reason)).toEqual(['a case']);
  });

  it('can be called off while a legal hold keeps it back, and its workflow ends when it looks again', async () => {
    const id = await activeTenant();
    const holds = createLegalHolds({ legalHolds: stores.legalHolds, now: () => new Date() });
    await holds.place(
      { ...operator, tenantId: id },
      { userId: null, from: null, to: null, reason: 'a case' },
    );
    await deleteTenant(id);
    await eventually(
      () => whyItWaits(id),
      (why) => why === 'TENANT_HELD',
    );
    expect(await stores.tenants.step(id, { from: ['deleting'], to: 'active' })).toBe(true);
    await lookAgainNow(id);
    await eventually(
      () => workflowStatus(tenantWorkflowId(id, 'delete')),
      (status) => status === 'COMPLETED',
    );
    expect(await statusOf(id)).toBe('active');
    expect((await stores.policies.active(id)).policies.length).toBeGreaterThan(1);
    expect(await audited('tenant.deleted')).not.toContain(id);
  });

  it('stays when the deletion was called off while it waited', async () => {
    const id = await activeTenant();
    await deleteTenant(id, 6_000);
    await stores.tenants.step(id, { from: ['deleting'], to: 'active' });
    await eventually(
      () => workflowStatus(tenantWorkflowId(id, 'delete')),
      (status) => status === 'COMPLETED',
    );
    expect(await statusOf(id)).toBe('active');
    await stores.policies.active(id);
  });
});

const masterKeys = () => parseKeyRing(readFileSync(environment['ENCRYPTION_KEYS_FILE'] ?? '', 'utf8'));
const masterEnvelope = () => createEnvelope(masterKeys());

/** One for the master keys, and one for each living key of any tenant, whatever its header says it is called. */
async function everyEnvelope(): Promise<Envelope[]> {
  const master = masterEnvelope();
  const rows = await withAdmin(databases.adminUrl, async (client) => {
    const found = await client.query<{ id: string; tenant_id: string; sealed: Buffer }>(
      'SELECT id, tenant_id, sealed FROM openclaw.data_keys WHERE sealed IS NOT NULL',
    );
    return found.rows;
  });
  const living = rows.map(({ id, tenant_id: tenantId, sealed }) => {
    const key = createSecretKey(master.open(sealed, `data-key|${tenantId}|${id}`));
    return createEnvelope({ active: { id, key }, find: () => key });
  });
  return [master, ...living];
}

function opens(envelope: Envelope, bytes: Uint8Array, place: string): boolean {
  try {
    envelope.open(bytes, place);
    return true;
  } catch {
    return false;
  }
}

async function startRequest(tenantId: string, workflowId: string, requestId: string): Promise<void> {
  const actor: Actor = { ...operator, tenantId };
  await temporal.as({ tenantId, actorId: actor.userId, traceId: requestId }, (client) =>
    client.workflow.start(requestWorkflowType, {
      workflowId,
      // Nobody serves this queue: it runs until it is ended.
      taskQueue: `${taskQueue}-nobody`,
      args: [{ actor, requestId, approvalExpiresMs: 60_000, resolutionExpiresMs: 60_000 }],
      searchAttributes: { [searchAttributes.tenant]: [tenantId] },
    }),
  );
}

async function workflowStatus(workflowId: string): Promise<string | undefined> {
  const { status } = await temporal.client.workflow.getHandle(workflowId).describe();
  return status.name;
}

/** Code of the failure after which its deletion is tried again. */
async function whyItWaits(tenantId: string): Promise<string | null | undefined> {
  const handle = temporal.client.workflow.getHandle(tenantWorkflowId(tenantId, 'delete'));
  const { raw } = await handle.describe();
  return raw.pendingActivities?.[0]?.lastFailure?.applicationFailureInfo?.type;
}

/** Instead of in an hour. */
async function lookAgainNow(tenantId: string): Promise<void> {
  await temporal.client.workflowService.resetActivity({
    namespace: 'default',
    execution: { workflowId: tenantWorkflowId(tenantId, 'delete') },
    type: 'beginTenantDestruction',
  });
}

async function pendingActivity(tenantId: string): Promise<string | null | undefined> {
  const handle = temporal.client.workflow.getHandle(tenantWorkflowId(tenantId, 'create'));
  const { raw } = await handle.describe();
  const [pending] = raw.pendingActivities ?? [];
  return pending?.lastStartedTime ? pending.activityType?.name : undefined;
}
