import { approvalView as approvalViewSchema } from '#domain/approval.schema.ts';
import { CodedError } from '#domain/error.ts';
import { readApproval } from '../../read-approval.ts';
import { maySee } from '../../views/approval-view.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { defineRoute } from '../route.ts';
import { approvalParams } from './touched-approval.ts';

export function getApproval(dependencies: RouteDependencies) {
  const { approvals } = dependencies;
  return defineRoute({
    method: 'GET',
    path: '/api/v1/approvals/:id',
    summary: 'One approval: who asks, what exactly would be done, and why it needs a human',
    auth: 'user',
    audit: 'approval.read',
    request: { params: approvalParams },
    response: { 200: approvalViewSchema },
    errors: ['NOT_FOUND', 'POLICY_DENIED', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params }) {
      const approval = await approvals.get(actor.tenantId, params.id);
      if (approval === undefined || !maySee(approval, actor)) throw new CodedError('NOT_FOUND');
      return { status: 200, body: await readApproval(dependencies, actor, approval) };
    },
  });
}
