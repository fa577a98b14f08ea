import { type AnyOf, del, get, post, put } from '../call.ts';
import type { ClassifiedContent, ClassifyContent } from '../classification/classification.schema.ts';
import type {
  ChangedPolicyView,
  NewPolicy,
  PolicyActivation,
  PolicyDeprecation,
  PolicyDiff,
  PolicyDiffQuery,
  PolicyList,
  PolicyQuery,
  PolicyRollback,
  PolicyUpdate,
  PolicyVersionQuery,
  PolicyVersions,
  PolicyView,
} from './change.schema.ts';
import type { PolicyEvaluation, PolicyQuestion, ResolvedPolicy, ResolveQuery } from './explain.schema.ts';
import type {
  CanaryView,
  EndOfCanary,
  ImpactQuery,
  ImpactQuestion,
  ImpactView,
  NewCanary,
  NewPolicySettings,
  PolicySettings,
} from './impact.schema.ts';

/** Takes longer: a month of decisions is asked again. */
const slow = { waitMs: 120_000 };

/** A change of an existing policy: it names the version that its author saw. */
interface Change<Body> {
  headers: { 'if-match'?: string };
  body: Body;
  answer: ChangedPolicyView;
}

export const postPolicy = post('/api/v1/policies', slow)<{ body: NewPolicy; answer: ChangedPolicyView }>();
export const listPolicies = get('/api/v1/policies')<{ query: AnyOf<PolicyQuery>; answer: PolicyList }>();
export const getPolicy = get('/api/v1/policies/:id')<{
  query: AnyOf<PolicyVersionQuery>;
  answer: PolicyView;
}>();
export const putPolicy = put('/api/v1/policies/:id', slow)<Change<PolicyUpdate>>();
export const deletePolicy = del('/api/v1/policies/:id', slow)<Change<PolicyDeprecation>>();
export const listPolicyVersions = get('/api/v1/policies/:id/versions')<{ answer: PolicyVersions }>();
export const diffPolicy = get('/api/v1/policies/:id/diff')<{ query: PolicyDiffQuery; answer: PolicyDiff }>();
export const activatePolicy = post('/api/v1/policies/:id/activate', slow)<Change<PolicyActivation>>();
export const rollbackPolicy = post('/api/v1/policies/:id/rollback', slow)<Change<PolicyRollback>>();

export const getCanary = get('/api/v1/policies/:id/canary')<{ answer: CanaryView }>();
export const postCanary = post('/api/v1/policies/:id/canary', slow)<Change<NewCanary>>();
export const deleteCanary = del('/api/v1/policies/:id/canary', slow)<Change<EndOfCanary>>();

export const postNewImpact = post('/api/v1/policies/impact', slow)<{
  query: AnyOf<ImpactQuery>;
  body: NewPolicy;
  answer: ImpactView;
}>();
export const postImpact = post('/api/v1/policies/:id/impact', slow)<{
  query: AnyOf<ImpactQuery>;
  body: ImpactQuestion;
  answer: ImpactView;
}>();

export const postEvaluate = post('/api/v1/policies/evaluate')<{
  body: PolicyQuestion;
  answer: PolicyEvaluation;
}>();
export const resolvePolicy = get('/api/v1/policies/resolve')<{
  query: ResolveQuery;
  answer: ResolvedPolicy;
}>();
export const postClassify = post('/api/v1/policies/classify')<{
  body: ClassifyContent;
  answer: ClassifiedContent;
}>();

export const getPolicySettings = get('/api/v1/policies/settings')<{ answer: PolicySettings }>();
export const putPolicySettings = put('/api/v1/policies/settings')<{
  body: NewPolicySettings;
  answer: PolicySettings;
}>();
