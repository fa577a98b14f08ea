import type { KeyObject } from 'node:crypto';
import type { NativeConnection, Worker, WorkflowBundle } from '@temporalio/worker';
import { createTellNotSo } from '#activities/not-so.ts';
import { createTenantActivities } from '#activities/tenant/tenants.ts';
import { createRewrapKeys } from '#activities/upkeep/rewrap.ts';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { dropTenant } from '#platform/database/drop-tenant.ts';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import type { Logger } from '#platform/logger.ts';
import { createBeganBefore } from '#platform/temporal/began-before.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import { provisioningQueueOf } from '#workflows/messages/tenant.ts';
import { createWorker } from './create-worker.ts';

interface ProvisioningOptions {
  /** DATABASE_ADMIN_URL: may create roles and schemas. */
  adminUrl: string;
  /** DATABASE_URL. */
  databaseUrl: string;
  stores: Stores;
  /** Master keys in the file that no longer seal. */
  formerMasterKeys: () => ReadonlyMap<string, KeyObject>;
  /** OPERATOR_TENANT. */
  operatorTenant: string | undefined;
  recordEvent: RecordEvent;
  now: () => Date;
  temporal: Temporal;
  connection: NativeConnection;
  namespace: string;
  /** The task queue of requests; tenants have one beside it. */
  taskQueue: string;
  workflowBundle: WorkflowBundle;
  envelope: Envelope;
  logger: Logger;
  shutdownGraceMs: number;
}

/** The worker that creates and deletes tenants (ADR 0015), and alone changes keys (ADR 0028). */
export function openProvisioning(options: ProvisioningOptions): Promise<Worker> {
  const { adminUrl, databaseUrl, stores, recordEvent, now, logger } = options;
  const { connection, namespace, workflowBundle, envelope } = options;
  const log = (line: string) => logger.info(line);
  const tenantActivities = createTenantActivities({
    tenants: stores.tenants,
    legalHolds: stores.legalHolds,
    temporal: options.temporal,
    recordEvent,
    prepareDatabase: ({ id, name }) => provisionTenant({ adminUrl, databaseUrl, id, name, log }),
    dropDatabase: (id) => dropTenant({ adminUrl, databaseUrl, id, log }),
    giveKeys: (tenantId) => stores.dataKeys.ready(tenantId),
    destroyKeys: (tenantId) => stores.dataKeys.destroyKeysOf(tenantId),
    givePolicies: (tenantId) =>
      addMissingPolicies({ ...stores, recordEvent, tenantId, now, make: shippedPolicies }),
  });
  const activities = {
    ...tenantActivities,
    rewrapKeys: createRewrapKeys({
      wrappedKeys: stores.wrappedKeys,
      formerMasterKeys: options.formerMasterKeys,
      upkeep: stores.upkeep,
      recordEvent,
      operatorTenant: options.operatorTenant,
    }),
  };
  return createWorker({
    connection,
    namespace,
    taskQueue: provisioningQueueOf(options.taskQueue),
    workflowBundle,
    activities,
    unbound: createBeganBefore({
      service: connection.workflowService,
      namespace,
      moment: () => stores.upkeep.payloadsBoundSince(),
    }),
    tellNotSo: createTellNotSo({ recordEvent, now }),
    envelope,
    logger,
    shutdownGraceMs: options.shutdownGraceMs,
  });
}
