import { z } from 'zod';
import { ownActions } from '#domain/action/own-actions.ts';
import { auditEntryView as auditEntryViewSchema } from '#domain/audit/audit.schema.ts';
import * as calls from '#domain/audit/calls.ts';
import { CodedError } from '#domain/error.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import { auditEntryView } from './audit-entry-view.ts';
import type { AuditParts } from './parts.ts';
import { auditVisibility } from './visibility.ts';

export function getAuditEntry({
  auditEntries,
  governedRead,
  rulesFor,
}: Pick<AuditParts, 'auditEntries' | 'governedRead' | 'rulesFor'>) {
  return defineRoute({
    ...calls.getAuditEntry,
    summary: 'One audit entry',
    auth: 'audit.read',
    audit: 'audit.read',
    request: { params: z.strictObject({ id: z.string().max(64) }) },
    response: { 200: auditEntryViewSchema },
    errors: ['NOT_FOUND', ...governedReadErrors],
    async handle({ actor, params }) {
      const entry = await governedRead({
        actor,
        facts: ownActions.readAudit,
        event: 'audit.read',
        detail: `audit entry ${params.id}`,
        classification: 'internal',
        run: async () => {
          const visibility = await auditVisibility(actor, rulesFor);
          const output = await auditEntries.get(actor.tenantId, params.id, visibility);
          return { output, touched: output === undefined ? [] : [ownDataRead(params.id)] };
        },
      });
      if (entry === undefined) throw new CodedError('NOT_FOUND');
      return { status: 200, body: auditEntryView(entry) };
    },
  });
}
