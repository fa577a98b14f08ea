import { auditKeys } from '#domain/audit/answers.schema.ts';
import * as calls from '#domain/audit/calls.ts';
import { defineRoute } from '../../http/route.ts';
import type { AuditParts } from './parts.ts';

export function listAuditKeys({ tree, auditVerifyKeys }: Pick<AuditParts, 'tree' | 'auditVerifyKeys'>) {
  return defineRoute({
    ...calls.listAuditKeys,
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
