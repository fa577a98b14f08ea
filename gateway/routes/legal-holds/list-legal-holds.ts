import { ownActions } from '#domain/action/own-actions.ts';
import { legalHoldList } from '#domain/person/legal-hold.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { governedReadErrors, ownDataRead } from '../own-data.ts';
import { readHolds } from './read-holds.ts';

export function listLegalHolds(
  dependencies: Pick<RouteDependencies, 'legalHolds' | 'subjects' | 'governedRead'>,
) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/legal-holds',
    summary: 'Legal holds of the tenant, newest first, with those that are over',
    auth: 'user_data.manage',
    audit: 'legal_hold.read',
    request: {},
    response: { 200: legalHoldList },
    errors: governedReadErrors,
    async handle({ actor }) {
      const holds = await dependencies.governedRead({
        actor,
        facts: ownActions.readHolds,
        event: 'legal_hold.read',
        detail: 'legal holds',
        classification: 'confidential',
        run: async () => ({
          output: await readHolds(dependencies, actor.tenantId),
          touched: [ownDataRead('legal_holds')],
        }),
      });
      return { status: 200, body: { total: holds.length, holds } };
    },
  });
}
