export { approval } from './approval.ts';
export { auditCheckpoint } from './audit-checkpoint.ts';
export { erasure } from './erasure.ts';
export { reconcile } from './reconcile.ts';
export { request } from './request.ts';
export { retention } from './retention.ts';
export { rewrap } from './rewrap.ts';
export { createTenant, deleteTenant } from './tenant.ts';
