import type { ActionFacts } from '#domain/action/action.ts';
import type { Models } from '#domain/model/model.ts';
import type { Closers } from '#platform/closers.ts';
import type { ConfigWith } from '#platform/config/parse-config.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import type { Stores } from '#stores/open-stores.ts';
import { createGovernance, type Governance } from './create-governance.ts';
import type { ConfirmRights } from './person/confirm-rights.ts';
import { followPolicies } from './policy/follow.ts';
import { openPolicyParts, type PolicyParts } from './policy/open-policy-parts.ts';
import type { RecordEvent } from './record.ts';

interface OpenGovernanceOptions {
  config: ConfigWith<'DATABASE_URL'>;
  stores: Stores;
  verify: Verifier;
  /** Facts of every connector's actions. */
  actions: readonly ActionFacts[];
  /** For a process that calls language models. */
  models?: Models;
  /** Asks the identity provider for a voter's rights; absent = last-seen rights count. */
  confirm: ConfirmRights;
  /** The process's own. */
  recordEvent: RecordEvent;
  now: () => Date;
  log: Logger;
  closers: Closers;
}

/** Governance as configured. Until it is closed, it is told of policies that change. */
export async function openGovernance(
  options: OpenGovernanceOptions,
): Promise<{ governance: Governance; policyParts: PolicyParts }> {
  const { config, stores, verify, actions, models, confirm, recordEvent, now, log, closers } = options;
  const policyParts = closers.keep(
    await openPolicyParts({
      config,
      recordEvent,
      now,
      onBundleProblem: ({ cause, ...bundle }) =>
        log.error({ ...bundle, err: cause }, 'bundle of policies refused'),
      tellBundleFailure: (failure) =>
        void stores.bundleFailures
          .tell(failure)
          .catch((cause: unknown) => log.warn({ ...failure, err: cause }, 'not told to the gateways')),
    }),
  );
  const governance = createGovernance({
    policyParts,
    stores,
    module: await loadRegoModule(),
    actions,
    ...(models === undefined ? {} : { models, classifierModel: config.classifierModel }),
    verify,
    confirm,
    recordEvent,
    now,
    effectSettleMs: config.effectSettleMs,
    rightsMaxAgeMs: config.rightsMaxAgeMs,
    policyMaxAgeMs: config.policyHotReloadIntervalMs,
    onRefusedSet: (refused) => log.error(refused, 'stored policies are refused; the last good ones stay'),
    onPolicyFailure: ({ tenantId, cause }) =>
      log.error({ tenantId, err: cause }, 'policy could not be evaluated'),
  });
  closers.keep(followPolicies({ url: config.databaseUrl.reveal(), cache: governance.policyCache, log }));
  return { governance, policyParts };
}
