import type { ActionFacts } from '#domain/action.ts';
import { ownActions } from '#domain/own-actions.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { RegoModule } from '#platform/opa/load-module.ts';
import type { Stores } from '#stores/open-stores.ts';
import { createVoteCheck, type VoteCheck } from './check-approval.ts';
import { createDecide, type Decide } from './decide.ts';
import { createPolicyEvaluator } from './evaluate-policy.ts';
import { createGovernedRead, type GovernedRead } from './governed-read.ts';
import { createPerform, type Perform } from './perform.ts';
import { createRecordEvent, type RecordEvent } from './record.ts';

interface GovernanceOptions {
  stores: Pick<Stores, 'policies' | 'ledger' | 'people'>;
  module: RegoModule;
  /** Facts of every connector's actions; the system's own are added here. */
  actions: readonly ActionFacts[];
  verify: Verifier;
  now: () => Date;
  settleMs: number;
  rightsMaxAgeMs: number;
  onPolicyFailure: (failure: { tenantId: string; cause: unknown }) => void;
}

/** The one way to act on the world, and to read of it: decide, perform, record. */
export interface Governance {
  decide: Decide;
  perform: Perform;
  governedRead: GovernedRead;
  recordEvent: RecordEvent;
  checkVote: VoteCheck;
}

/** Gateway and worker build the same governance over their own connections. */
export function createGovernance(options: GovernanceOptions): Governance {
  const { stores, now, settleMs, verify, rightsMaxAgeMs } = options;
  const { ledger, people, policies } = stores;
  const evaluator = createPolicyEvaluator({
    module: options.module,
    readPolicies: (tenantId) => policies.active(tenantId),
    actions: [...options.actions, ...Object.values(ownActions)],
    onFailure: options.onPolicyFailure,
  });
  const decide = createDecide({ evaluate: evaluator.evaluate, now });
  return {
    decide,
    perform: createPerform({ ledger, now, settleMs }),
    governedRead: createGovernedRead({ decide, ledger, now }),
    recordEvent: createRecordEvent({ ledger, now }),
    checkVote: createVoteCheck({ people, now, rightsMaxAgeMs, verify }),
  };
}
