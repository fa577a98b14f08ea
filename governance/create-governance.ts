import type { ActionFacts } from '#domain/action/action.ts';
import { ownActions } from '#domain/action/own-actions.ts';
import { type Models, noModels } from '#domain/model/model.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { RegoModule } from '#platform/opa/load-module.ts';
import type { Stores } from '#stores/open-stores.ts';
import { createVoteCheck, type VoteCheck } from './check-approval.ts';
import { createSuggestLabel } from './classification/classify-by-model.ts';
import { type ClassifyData, createClassifyData } from './classification/classify-data.ts';
import { createReadDataRules } from './classification/classify-rules.ts';
import { createDecide, type Decide } from './decide.ts';
import { createEndApproval, type EndApproval } from './end-approval.ts';
import { createGovernedRead, type GovernedRead } from './governed-read.ts';
import { type CallModel, createCallModel } from './model/call.ts';
import { createPerform } from './perform/perform.ts';
import type { Perform } from './perform/performance.ts';
import type { ConfirmRights } from './person/confirm-rights.ts';
import { createRightsNow, type RightsNow } from './person/rights-now.ts';
import { createPolicyCache, type PolicyCache, type RefusedSet } from './policy/cache.ts';
import { createRulesFor, type RulesFor } from './policy/effective.ts';
import { createPolicyEvaluator, type PolicyEvaluator } from './policy/evaluate.ts';
import type { PolicyParts } from './policy/open-policy-parts.ts';
import { createRecordRefusedSet } from './policy/record-refused-set.ts';
import type { RecordEvent } from './record.ts';

interface GovernanceOptions {
  stores: Pick<Stores, 'approvals' | 'policies' | 'ledger' | 'people' | 'classifications' | 'modelUsage'>;
  /** The language models; default none. */
  models?: Models;
  /** A model that is asked how confidential data is, in addition to the patterns. */
  classifierModel?: string | undefined;
  module: RegoModule;
  /** An engine other than the one in this process, and the rules of customers' own Rego. */
  policyParts?: Pick<PolicyParts, 'engine' | 'furtherRules'>;
  /** Facts of every connector's actions; those of the system itself are added here. */
  actions: readonly ActionFacts[];
  verify: Verifier;
  now: () => Date;
  effectSettleMs: number;
  /** See `PerformOptions`. */
  monotonicMs?: () => number;
  rightsMaxAgeMs: number;
  /** Asks the identity provider for a voter's rights; absent = last-seen rights count. */
  confirm: Pick<ConfirmRights, 'ofPerson'>;
  /** The process's own. */
  recordEvent: RecordEvent;
  /** Age in milliseconds at which policies are read again at the latest; default 60 000. */
  policyMaxAgeMs?: number;
  onPolicyFailure: (failure: { tenantId: string; cause: unknown }) => void;
  /** Called with stored policies that were refused; by then that is on record, or will be. */
  onRefusedSet?: (refused: RefusedSet) => void;
}

/** The one way to act on the world, and to read from it: decide, perform, record. */
export interface Governance {
  decide: Decide;
  classify: ClassifyData;
  callModel: CallModel;
  perform: Perform;
  governedRead: GovernedRead;
  recordEvent: RecordEvent;
  /** The active policies of each tenant, verified; `followPolicies` tells it of changes. */
  policyCache: PolicyCache;
  /** Rules that are needed outside of decisions, such as whose entries a team lead sees. */
  rulesFor: RulesFor;
  /** What policy would say with other policies in force; nothing is recorded. */
  evaluateUnder: PolicyEvaluator['evaluateUnder'];
  rightsNow: RightsNow;
  checkVote: VoteCheck;
  endApproval: EndApproval;
}

/** Gateway and worker build the same governance over their own connections. */
export function createGovernance(options: GovernanceOptions): Governance {
  const { stores, now, effectSettleMs, monotonicMs, verify, rightsMaxAgeMs, recordEvent, confirm } = options;
  const { ledger, people, policies } = stores;
  const recordRefusedSet = createRecordRefusedSet({ recordEvent });
  const policyCache = createPolicyCache({
    readPolicies: policies.active,
    verify,
    maxAgeMs: options.policyMaxAgeMs ?? 60_000,
    monotonicMs: () => performance.now(),
    onRefused: (refused) => {
      options.onRefusedSet?.(refused);
      recordRefusedSet(refused);
    },
  });
  const evaluator = createPolicyEvaluator({
    module: options.module,
    ...options.policyParts,
    readPolicies: policyCache.read,
    actions: [...options.actions, ...Object.values(ownActions)],
    onFailure: options.onPolicyFailure,
  });
  const decide = createDecide({ evaluate: evaluator.evaluate, now });
  const callModel = createCallModel({
    models: options.models ?? noModels,
    decide,
    ledger,
    usage: stores.modelUsage,
    readPolicies: policyCache.read,
    now,
  });
  const { classifierModel } = options;
  const rulesFor = createRulesFor({ readPolicies: policyCache.read });
  const readDataRules = createReadDataRules(rulesFor);
  const classify = createClassifyData({
    classifications: stores.classifications,
    readDataRules,
    ...(classifierModel === undefined
      ? {}
      : {
          suggest: createSuggestLabel({
            callModel,
            model: classifierModel,
            readDataRules,
          }),
        }),
  });
  const rightsNow = createRightsNow({ people, now, rightsMaxAgeMs, confirm });
  const checkVote = createVoteCheck({ verify, rightsNow });
  return {
    decide,
    classify,
    callModel,
    perform: createPerform({
      ledger,
      classify,
      now,
      effectSettleMs,
      ...(monotonicMs === undefined ? {} : { monotonicMs }),
    }),
    governedRead: createGovernedRead({ decide, ledger, now }),
    recordEvent,
    policyCache,
    rulesFor,
    evaluateUnder: evaluator.evaluateUnder,
    rightsNow,
    checkVote,
    endApproval: createEndApproval({ approvals: stores.approvals, ledger, checkVote }),
  };
}
