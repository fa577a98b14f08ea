import {
  deleteTenant,
  getTenantStatus,
  listTenants,
  postTenant,
  restoreTenant,
  resumeTenant,
  suspendTenant,
} from '#domain/tenant/calls.ts';
import {
  newTenant,
  type TenantView,
  tenantList,
  tenantReason,
  tenantStatusView,
  tenantView,
} from '#domain/tenant/tenant.schema.ts';
import { answers, type Recorded, type Recording } from '../../support/recorded-gateway.ts';
import { type OnRecord, recordedNow } from './on-record.ts';

/** Whose admins manage tenants. */
const operatorTenant = 'acme';

/** What each step makes of a tenant. */
const steps = [
  [suspendTenant, { status: 'suspended', delete_at: null }],
  [resumeTenant, { status: 'active', delete_at: null }],
  [restoreTenant, { status: 'active', delete_at: null }],
  [deleteTenant, { status: 'deleting', delete_at: '2126-01-18T12:00:00.000Z' }],
] as const;

export function tenantAnswers(record: OnRecord): Recording[] {
  const named = (id: string) => record.tenants.find((one) => one.id === id);
  const put = (tenant: TenantView): Recorded<TenantView> => {
    const checked = tenantView.parse(tenant);
    record.tenants = [...record.tenants.filter((one) => one.id !== checked.id), checked];
    return { body: checked };
  };
  return [
    answers(listTenants, () => {
      const { tenants } = record;
      return { body: tenantList.parse({ tenants, total: tenants.length }) };
    }),
    answers(postTenant, ({ body }) => {
      const made = newTenant.parse(body);
      const tenant = { ...made, status: 'provisioning', created_at: recordedNow, delete_at: null } as const;
      return { ...put(tenant), status: 201 };
    }),
    answers(getTenantStatus, ({ params: { id } }) => {
      const tenant = named(id);
      if (tenant === undefined) return undefined;
      const { name, status, created_at: createdAt } = tenant;
      const counts = { gatewayInstances: 2, connectorCount: 1, policyCount: 7, userCount: 12 };
      return { body: tenantStatusView.parse({ id, name, status, ...counts, createdAt }) };
    }),
    ...steps.map(([call, becomes]) =>
      answers(call, ({ params: { id }, body }) => {
        const tenant = named(id);
        if (tenant === undefined) return undefined;
        tenantReason.parse(body);
        return put({ ...tenant, ...becomes });
      }),
    ),
  ].map((one) => forOperators(record, one));
}

/** Admins of other tenants are refused. */
function forOperators(record: OnRecord, recording: Recording): Recording {
  return {
    ...recording,
    reply: (...asked) =>
      record.who?.tenantId === operatorTenant
        ? recording.reply(...asked)
        : { status: 403, body: { error: 'forbidden', message: 'Your role does not allow this.' } },
  };
}
