import { ownActions } from '#domain/action/own-actions.ts';
import * as calls from '#domain/person/calls.ts';
import { legalHoldList } from '#domain/person/legal-hold.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import type { LegalHoldParts } from './parts.ts';
import { readHolds } from './read-holds.ts';

export function listLegalHolds(parts: Pick<LegalHoldParts, 'legalHolds' | 'subjects' | 'governedRead'>) {
  return defineRoute({
    ...calls.listLegalHolds,
    summary: 'Legal holds of the tenant, newest first, with those that are over',
    auth: 'user_data.manage',
    audit: 'legal_hold.read',
    request: {},
    response: { 200: legalHoldList },
    errors: governedReadErrors,
    async handle({ actor }) {
      const holds = await parts.governedRead({
        actor,
        facts: ownActions.readHolds,
        event: 'legal_hold.read',
        detail: 'legal holds',
        classification: 'confidential',
        run: async () => ({
          output: await readHolds(parts, actor.tenantId),
          touched: [ownDataRead('legal_holds')],
        }),
      });
      return { status: 200, body: { total: holds.length, holds } };
    },
  });
}
