import {
  activatePolicy,
  deleteCanary,
  deletePolicy,
  diffPolicy,
  getCanary,
  getPolicy,
  getPolicySettings,
  listPolicies,
  listPolicyVersions,
  postCanary,
  postEvaluate,
  postImpact,
  postPolicy,
  putPolicy,
  putPolicySettings,
  rollbackPolicy,
} from '#domain/policy/calls.ts';
import {
  newPolicy,
  type PolicyView,
  policyActivation,
  policyDeprecation,
  policyDiff,
  policyList,
  policyRollback,
  policyUpdate,
  policyVersions,
  policyView,
} from '#domain/policy/change.schema.ts';
import { diffPolicies } from '#domain/policy/diff.ts';
import { evaluateQuestion, policyEvaluation } from '#domain/policy/explain.schema.ts';
import {
  canaryView,
  endOfCanary,
  impactQuestion,
  impactView,
  newCanary,
  newPolicySettings,
  policySettings,
} from '#domain/policy/impact.schema.ts';
import { answers, type Recording } from '../../support/recorded-gateway.ts';
import { recordedEvaluation, recordedImpact } from '../recorded-policies.ts';
import { type OnRecord, recordedNow } from './on-record.ts';

const by = { created_by: 'acme-admin', created_at: recordedNow };

/** A policy as it is on record. */
interface Known {
  /** Newest first. */
  versions: PolicyView[];
  newest: PolicyView;
  /** The draft that a few people have first. */
  ahead: PolicyView | undefined;
  version(n: number | undefined): PolicyView;
}

export function policyAnswers(record: OnRecord): Recording[] {
  return [...answersOfAll(record), ...answersOfOne(record), ...changesOfOne(record)];
}

function answersOfAll(record: OnRecord): Recording[] {
  const settings = () => ({
    body: policySettings.parse({ policy_change_review: record.policyChangeReview }),
  });
  return [
    answers(listPolicies, () => {
      const living = record.policies.filter(({ status }) => status !== 'deprecated');
      return { body: policyList.parse({ policies: living, total: living.length }) };
    }),
    answers(postPolicy, ({ body }) => {
      const { scope, ...made } = newPolicy.parse(body);
      const place = { org_unit: null, user_id: null, ...scope };
      const first = { may_grant: null, ...by, ...made, scope: place, id: 'pol_made', version: 1 };
      return { status: 201, ...put(record, policyView.parse(first)) };
    }),
    answers(postEvaluate, ({ body }) => {
      evaluateQuestion.parse(body);
      return { body: policyEvaluation.parse(recordedEvaluation) };
    }),
    answers(getPolicySettings, settings),
    answers(putPolicySettings, ({ body }) => {
      record.policyChangeReview = newPolicySettings.parse(body).policy_change_review;
      return settings();
    }),
  ];
}

function answersOfOne(record: OnRecord): Recording[] {
  return [
    answers(getPolicy, ({ params }) => {
      const newest = known(record, params.id)?.newest;
      return newest && { body: newest, headers: { etag: `"${newest.version}-${newest.status}"` } };
    }),
    answers(listPolicyVersions, ({ params: { id } }) => {
      const policy = known(record, id);
      return policy && { body: policyVersions.parse({ id, versions: policy.versions }) };
    }),
    answers(diffPolicy, ({ params: { id }, query }) => {
      const policy = known(record, id);
      if (policy === undefined) return undefined;
      const [from, to] = [Number(query['from']), Number(query['to'])];
      const [one, other] = [policy.version(from), policy.version(to)];
      const difference = diffPolicies(
        { ...one, mayGrant: one.may_grant },
        { ...other, mayGrant: other.may_grant },
      );
      return { body: policyDiff.parse({ id, from, to, ...difference }) };
    }),
    answers(postImpact, ({ params, body }) => {
      impactQuestion.parse(body);
      return known(record, params.id) && { body: impactView.parse(recordedImpact) };
    }),
    answers(getCanary, ({ params: { id } }) => {
      const policy = known(record, id);
      if (policy === undefined) return undefined;
      const version = policy.ahead?.version ?? null;
      const user_ids = policy.ahead === undefined ? [] : record.canaryUsers;
      return { body: canaryView.parse({ policy_id: id, version, user_ids }) };
    }),
  ];
}

function changesOfOne(record: OnRecord): Recording[] {
  return [
    answers(putPolicy, ({ params, body }) => {
      const policy = known(record, params.id);
      const update = policyUpdate.parse(body);
      return policy && put(record, policyView.parse({ ...policy.newest, ...update, ...nextOf(policy) }));
    }),
    answers(activatePolicy, ({ params, body }) => {
      const policy = known(record, params.id);
      const { version } = policyActivation.parse(body);
      return policy && put(record, { ...policy.version(version), status: 'active' });
    }),
    answers(rollbackPolicy, ({ params, body }) => {
      const policy = known(record, params.id);
      const { to_version } = policyRollback.parse(body);
      return policy && put(record, { ...policy.version(to_version), ...nextOf(policy), status: 'active' });
    }),
    answers(deletePolicy, ({ params, body }) => {
      const policy = known(record, params.id);
      policyDeprecation.parse(body);
      return policy && put(record, { ...policy.newest, status: 'deprecated' });
    }),
    answers(postCanary, ({ params, body }) => {
      const policy = known(record, params.id);
      const { version, user_ids } = newCanary.parse(body);
      if (policy === undefined) return undefined;
      record.canaryUsers = user_ids;
      return put(record, { ...policy.version(version), canary: { users: user_ids.length } });
    }),
    answers(deleteCanary, ({ params, body }) => {
      endOfCanary.parse(body);
      const ahead = known(record, params.id)?.ahead;
      if (ahead === undefined) return undefined;
      const { canary: _, ...draft } = ahead;
      return put(record, draft);
    }),
  ];
}

function known({ policies }: OnRecord, id: string): Known | undefined {
  const versions = policies.filter((one) => one.id === id).sort((a, b) => b.version - a.version);
  const [newest] = versions;
  if (newest === undefined) return undefined;
  return {
    versions,
    newest,
    ahead: versions.find(({ canary }) => canary !== undefined),
    version: (n) => versions.find(({ version }) => version === n) ?? newest,
  };
}

function nextOf({ newest }: Known) {
  return { ...by, version: newest.version + 1 };
}

/** Puts a version on record; one that isn't a draft ends those before it. */
function put(record: OnRecord, next: PolicyView): { body: PolicyView } {
  const checked = policyView.parse(next);
  const ends = (one: PolicyView) => next.status !== 'draft' && one.version < next.version;
  const others = record.policies
    .filter((one) => one.id !== next.id || one.version !== next.version)
    .map((one) => (one.id === next.id && ends(one) ? { ...one, status: 'deprecated' as const } : one));
  record.policies = [checked, ...others];
  return { body: checked };
}
