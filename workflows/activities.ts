import { patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '#activities/index.ts';
import type { RewrapKeys } from '#activities/upkeep/rewrap.ts';
import { provisioningQueueOf } from './messages/tenant.ts';

/**
 * What workflows may call, by how it is retried. Refusals by policy, validation or a provider are results, not
 * failures. What fails here is the database, the ledger or a provider being away, which will pass, so attempts are
 * unlimited; the activities themselves decide when to stop asking a provider.
 */
const patient = {
  startToCloseTimeout: '60s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
} as const;

/**
 * Acts on the world. Sends heartbeats every few seconds, so that a killed worker is noticed long before the timeout.
 */
export const { act } = proxyActivities<Activities>({ ...patient, heartbeatTimeout: '10s' });

/** May ask a language model, which takes a while. */
export const { plan } = proxyActivities<Activities>(patient);

/** Work on our own database and ledger. */
export const { countVote, expireApproval, recordResolution, expireResolution } = proxyActivities<Activities>({
  ...patient,
  startToCloseTimeout: '20s',
});

/** Waits for a suspended tenant within one activity, however long: its attempts add nothing to the history. */
export const { untilWorking, stoodStill } = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Places new audit entries and signs a head. A few attempts are enough: a minute later the next run tries again. */
export const { auditCheckpoint: checkpoint } = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/** Never gives up: an erasure that was asked for is carried out. */
export const { erasePerson } = proxyActivities<Activities>(patient);

/** Runs over all tenants. A few attempts are enough: the next run tries again. */
export const { keepRetention, reconcileLedger } = proxyActivities<Activities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '2m',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/**
 * A few hundred keys at a time, in the process that alone may change them. A few attempts are enough: the next run tries
 * again.
 */
export const rewrapKeys: RewrapKeys = (after) => {
  const queue = patched('rewrap-by-provisioning')
    ? { taskQueue: provisioningQueueOf(workflowInfo().taskQueue) }
    : {};
  const proxied = proxyActivities<{ rewrapKeys: RewrapKeys }>({
    startToCloseTimeout: '60s',
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 5 },
    ...queue,
  });
  return proxied.rewrapKeys(after);
};
