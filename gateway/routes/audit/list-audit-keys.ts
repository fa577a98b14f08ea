import { auditKeys } from '#transparency/answers.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';

export function listAuditKeys({
  tree,
  auditVerifyKeys,
}: Pick<RouteDependencies, 'tree' | 'auditVerifyKeys'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/audit/keys',
    summary: 'Public keys that heads of the audit log are verified with',
    auth: 'audit.read',
    audit: { none: 'public keys are public' },
    request: {},
    response: { 200: auditKeys },
    errors: ['DATABASE_UNAVAILABLE'],
    async handle({ actor }) {
      const { keys } = await tree.state(actor.tenantId);
      return { status: 200, body: { verify_keys: { ...auditVerifyKeys }, statements: [...keys] } };
    },
  });
}
