import { auditHeads, auditProof } from '#domain/audit/answers.schema.ts';
import { auditEntryView, auditPage } from '#domain/audit/audit.schema.ts';
import { endedSession, sessionList } from '#domain/person/session.schema.ts';
import {
  newPolicy,
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
import type { PolicyChangeReview } from '#domain/policy/impact.ts';
import {
  newTenant,
  tenantList,
  tenantReason,
  tenantStatusView,
  tenantView,
} from '#domain/tenant/tenant.schema.ts';
import type { AuditEntryView, PolicyView, SessionView, TenantView } from '#web/api/types.ts';
import { recordedHead } from './recorded-log.ts';
import { recordedEvaluation, recordedImpact } from './recorded-policies.ts';

/** What is on record of policies, audit, sessions and tenants. */
export interface Governance {
  /** Every version of every policy. */
  policies: PolicyView[];
  /** Who has the draft that is a canary first. */
  canaryUsers: string[];
  policyChangeReview: PolicyChangeReview;
  /** One page a list. */
  auditPages: AuditEntryView[][];
  /** False: no head covers any entry. */
  sealed: boolean;
  sessions: SessionView[];
  tenants: TenantView[];
}

export interface GovernanceCall {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

interface Answered {
  status: number;
  body: unknown;
  etag?: string;
}

const now = '2026-01-11T12:00:00.000Z';

/** The answer to a call, made of what is on record and through the API's own schemas; `undefined` for other calls. */
export function governanceAnswer(record: Governance, call: GovernanceCall): Answered | undefined {
  const [area, id, verb] = call.path.replace('/api/v1/', '').split('/');
  if (area === 'policies') return policyAnswer(record, call, id, verb);
  if (area === 'audit') return auditAnswer(record, call, id, verb);
  if (area === 'auth' && id === 'sessions') return sessionAnswer(record, call, verb);
  if (area === 'tenants') return tenantAnswer(record, call, id, verb);
  return undefined;
}

function policyAnswer(
  record: Governance,
  { method, query, body }: GovernanceCall,
  id: string | undefined,
  verb: string | undefined,
): Answered | undefined {
  const isWord = id === 'evaluate' || id === 'settings';
  const line = `${method} ${verb ?? (id === undefined ? '' : isWord ? id : ':id')}`;
  const versions = record.policies.filter((one) => one.id === id).sort((a, b) => b.version - a.version);
  const [newest] = versions;
  const put = (next: PolicyView): Answered => {
    const checked = policyView.parse(next);
    const ends = (one: PolicyView) => next.status !== 'draft' && one.version < next.version;
    record.policies = [
      checked,
      ...record.policies
        .filter((one) => one.id !== next.id || one.version !== next.version)
        .map((one) => (one.id === next.id && ends(one) ? { ...one, status: 'deprecated' as const } : one)),
    ];
    return { status: 200, body: checked };
  };
  if (line === 'GET ') {
    const living = record.policies.filter(({ status }) => status !== 'deprecated');
    return { status: 200, body: policyList.parse({ policies: living, total: living.length }) };
  }
  if (line === 'POST evaluate') {
    evaluateQuestion.parse(body);
    return { status: 200, body: policyEvaluation.parse(recordedEvaluation) };
  }
  if (line === 'PUT settings') record.policyChangeReview = newPolicySettings.parse(body).policy_change_review;
  if (line === 'GET settings' || line === 'PUT settings') {
    const settings = { policy_change_review: record.policyChangeReview };
    return { status: 200, body: policySettings.parse(settings) };
  }
  if (line === 'POST ') {
    const { scope, ...made } = newPolicy.parse(body);
    const place = { org_unit: null, user_id: null, ...scope };
    return {
      ...put(
        policyView.parse({
          may_grant: null,
          ...recordedBy,
          ...made,
          scope: place,
          id: 'pol_made',
          version: 1,
        }),
      ),
      status: 201,
    };
  }
  if (newest === undefined) return undefined;
  const ahead = versions.find(({ canary }) => canary !== undefined);
  const by = { ...recordedBy, version: newest.version + 1 };
  switch (line) {
    case 'GET :id':
      return { status: 200, body: newest, etag: `"${newest.version}-${newest.status}"` };
    case 'GET versions':
      return { status: 200, body: policyVersions.parse({ id, versions }) };
    case 'GET diff': {
      const [from, to] = ['from', 'to'].map((name) => Number(query.get(name)));
      const [one, other] = [from, to].map((n) => versions.find(({ version }) => version === n) ?? newest);
      if (one === undefined || other === undefined) return undefined;
      const difference = diffPolicies(
        { ...one, mayGrant: one.may_grant },
        { ...other, mayGrant: other.may_grant },
      );
      return { status: 200, body: policyDiff.parse({ id, from, to, ...difference }) };
    }
    case 'POST impact':
      impactQuestion.parse(body);
      return { status: 200, body: impactView.parse(recordedImpact) };
    case 'PUT :id':
      return put(policyView.parse({ ...newest, ...policyUpdate.parse(body), ...by }));
    case 'POST activate': {
      const { version } = policyActivation.parse(body);
      const draft = versions.find((one) => one.version === version) ?? newest;
      return put({ ...draft, status: 'active' });
    }
    case 'GET canary': {
      const version = ahead?.version ?? null;
      const user_ids = ahead === undefined ? [] : record.canaryUsers;
      return { status: 200, body: canaryView.parse({ policy_id: id, version, user_ids }) };
    }
    case 'POST canary': {
      const { version, user_ids } = newCanary.parse(body);
      record.canaryUsers = user_ids;
      const draft = versions.find((one) => one.version === version) ?? newest;
      return put({ ...draft, canary: { users: user_ids.length } });
    }
    case 'DELETE canary': {
      endOfCanary.parse(body);
      if (ahead === undefined) return undefined;
      const { canary: _, ...draft } = ahead;
      return put(draft);
    }
    case 'POST rollback': {
      const { to_version } = policyRollback.parse(body);
      const older = versions.find((one) => one.version === to_version) ?? newest;
      return put({ ...older, ...by, status: 'active' });
    }
    case 'DELETE :id':
      policyDeprecation.parse(body);
      return put({ ...newest, status: 'deprecated' });
    default:
      return undefined;
  }
}

const recordedBy = { created_by: 'acme-admin', created_at: now };

function auditAnswer(
  { auditPages, sealed }: Governance,
  { query }: GovernanceCall,
  id: string | undefined,
  verb: string | undefined,
): Answered | undefined {
  const all = auditPages.flat();
  if (id === undefined) {
    const page = Number(query.get('cursor') ?? '0');
    const outcome = query.get('outcome');
    const entries = (auditPages[page] ?? []).filter((one) => outcome === null || one.outcome === outcome);
    const next_cursor = page + 1 < auditPages.length ? String(page + 1) : null;
    const facts = { total: all.length, total_exact: true, limit: 50, offset: 0, next_cursor };
    return { status: 200, body: auditPage.parse({ ...facts, entries }) };
  }
  if (id === 'heads') return { status: 200, body: auditHeads.parse({ heads: sealed ? [recordedHead] : [] }) };
  const entry = all.find((one) => one.id === id);
  if (entry === undefined) return undefined;
  if (verb === undefined) return { status: 200, body: auditEntryView.parse(entry) };
  if (verb !== 'proof') return undefined;
  if (!sealed) {
    return { status: 409, body: { error: 'AUDIT_NOT_SEALED', message: 'Not sealed yet.' } };
  }
  const leaf_hash = entry.leaf_hash;
  const proof = { entry_id: id, position: 7, leaf_hash, proof: [leaf_hash], head: recordedHead };
  return { status: 200, body: auditProof.parse(proof) };
}

function sessionAnswer(
  record: Governance,
  { method }: GovernanceCall,
  id: string | undefined,
): Answered | undefined {
  if (method === 'GET') return { status: 200, body: sessionList.parse({ sessions: record.sessions }) };
  const ended = record.sessions.find((one) => one.id === id);
  if (method !== 'DELETE' || ended === undefined) return undefined;
  record.sessions = record.sessions.filter((one) => one.id !== id);
  return { status: 200, body: endedSession.parse({ id, user_id: ended.user_id, ended: true }) };
}

function tenantAnswer(
  record: Governance,
  { method, body }: GovernanceCall,
  id: string | undefined,
  verb: string | undefined,
): Answered | undefined {
  const put = (tenant: TenantView): Answered => {
    const checked = tenantView.parse(tenant);
    record.tenants = [...record.tenants.filter((one) => one.id !== checked.id), checked];
    return { status: method === 'POST' && id === undefined ? 201 : 200, body: checked };
  };
  if (id === undefined && method === 'GET') {
    const tenants = record.tenants;
    return { status: 200, body: tenantList.parse({ tenants, total: tenants.length }) };
  }
  if (id === undefined) {
    const made = newTenant.parse(body);
    return put({ ...made, status: 'provisioning', created_at: now, delete_at: null });
  }
  const tenant = record.tenants.find((one) => one.id === id);
  if (tenant === undefined) return undefined;
  if (verb === 'status') {
    const { name, status, created_at: createdAt } = tenant;
    const counts = { gatewayInstances: 2, connectorCount: 1, policyCount: 7, userCount: 12 };
    return { status: 200, body: tenantStatusView.parse({ id, name, status, ...counts, createdAt }) };
  }
  tenantReason.parse(body);
  if (method === 'DELETE')
    return put({ ...tenant, status: 'deleting', delete_at: '2126-01-18T12:00:00.000Z' });
  return put({ ...tenant, status: verb === 'suspend' ? 'suspended' : 'active', delete_at: null });
}
