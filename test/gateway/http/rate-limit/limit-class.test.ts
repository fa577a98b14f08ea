import { describe, expect, it } from 'vitest';
import { limitClassOf } from '#gateway/http/rate-limit/limit-class.ts';

describe('the budget of a route', () => {
  it.each([
    ['POST', '/api/v1/policies', 'policy_mutation'],
    ['DELETE', '/api/v1/policies/:id', 'policy_mutation'],
    ['POST', '/api/v1/policies/evaluate', 'request'],
    ['GET', '/api/v1/policies', 'read'],
    ['GET', '/api/v1/audit/:id', 'audit_read'],
    ['GET', '/api/v1/audit/export', 'audit_export'],
    ['GET', '/api/v1/user-data/:user_id/export', 'audit_export'],
    ['POST', '/api/v1/tenants', 'admin'],
    ['GET', '/api/v1/tenants/:id/status', 'admin'],
    ['GET', '/api/v1/connectors', 'read'],
    ['POST', '/api/v1/requests', 'request'],
  ])('%s %s is %s', (method, path, name) => {
    expect(limitClassOf({ method, path, auth: 'requests.use' })).toBe(name);
  });

  it('is none for signing in and health, and what the route itself says', () => {
    expect(limitClassOf({ method: 'GET', path: '/healthz', auth: 'public' })).toBe('none');
    expect(limitClassOf({ method: 'GET', path: '/x', auth: 'requests.use', limit: 'admin' })).toBe('admin');
  });
});
