import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '#activities/index.ts';

/**
 * What workflows may call, by retry class. Policy, validation and provider refusals are results, not failures;
 * what fails here is ours to wait for (database, ledger, provider away), so there is no limit on attempts:
 * the activities themselves decide when to stop asking a provider.
 */
const patient = {
  startToCloseTimeout: '60s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
} as const;

/** Acts on the world. Beats every few seconds, so that a killed worker is noticed long before the time is over. */
export const { act } = proxyActivities<Activities>({ ...patient, heartbeatTimeout: '10s' });

/** May ask a language model, which takes its time. */
export const { plan } = proxyActivities<Activities>(patient);

/** Reads and writes of our own database and ledger. */
export const { countVote, expireApproval, recordResolution, expireResolution } = proxyActivities<Activities>({
  ...patient,
  startToCloseTimeout: '20s',
});

/** Waits for a suspended tenant in one activity, however long: its attempts add nothing to the history. */
export const { untilWorking, stoodStill } = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Places for new audit entries and a signed head. The next minute brings another try, so few are made of this one. */
export const { auditCheckpoint: checkpoint } = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/** Patient: an erasure that was asked for is carried out. */
export const { erasePerson } = proxyActivities<Activities>(patient);

/** Over all tenants; the next round brings another try, so few are made of this one. */
export const { keepRetention, reconcileLedger } = proxyActivities<Activities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '2m',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumAttempts: 3 },
});

/** Some hundred keys at a time; the next round brings another try. */
export const { rewrapKeys } = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumAttempts: 5 },
});
