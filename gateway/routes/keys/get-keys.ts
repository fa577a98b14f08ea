import { ownActions } from '#domain/action/own-actions.ts';
import { keysView } from '#domain/keys.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { governedReadErrors } from '../own-data.ts';
import { viewOfKeys } from './keys-view.ts';

export function getKeys({
  wrappedKeys,
  masterKeyIds,
  governedRead,
}: Pick<RouteDependencies, 'wrappedKeys' | 'masterKeyIds' | 'governedRead'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/keys',
    summary: 'How far a new master key is, and which old one can go',
    auth: 'tenants.manage',
    audit: 'keys.read',
    request: {},
    response: { 200: keysView },
    errors: governedReadErrors,
    async handle({ actor }) {
      const wrapped = await governedRead({
        actor,
        facts: ownActions.readKeys,
        event: 'keys.read',
        detail: 'the state of the keys',
        classification: 'internal',
        run: async () => ({ output: await wrappedKeys.state(), touched: [] }),
      });
      return { status: 200, body: viewOfKeys(wrapped, masterKeyIds()) };
    },
  });
}
