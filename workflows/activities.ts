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

/** Reads and writes of our own database and ledger. */
export const { plan, countVote, expireApproval, recordResolution, expireResolution } =
  proxyActivities<Activities>({
    ...patient,
    startToCloseTimeout: '20s',
  });
