import { del, get, post, put } from '../call.ts';
import type {
  NewTenant,
  TenantChange,
  TenantList,
  TenantReason,
  TenantStatusView,
  TenantView,
} from './tenant.schema.ts';

/** What becomes of a tenant as a whole goes on record with a reason. */
interface Step {
  body: TenantReason;
  answer: TenantView;
}

export const postTenant = post('/api/v1/tenants')<{ body: NewTenant; answer: TenantView }>();
export const listTenants = get('/api/v1/tenants')<{ answer: TenantList }>();
export const getTenantStatus = get('/api/v1/tenants/:id/status')<{ answer: TenantStatusView }>();
export const putTenant = put('/api/v1/tenants/:id')<{ body: TenantChange; answer: TenantView }>();
export const suspendTenant = post('/api/v1/tenants/:id/suspend')<Step>();
export const resumeTenant = post('/api/v1/tenants/:id/resume')<Step>();
export const deleteTenant = del('/api/v1/tenants/:id')<Step>();
export const restoreTenant = post('/api/v1/tenants/:id/restore')<Step>();
