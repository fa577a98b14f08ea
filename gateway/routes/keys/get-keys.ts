import { ownActions } from '#domain/action/own-actions.ts';
import * as calls from '#domain/key/calls.ts';
import { keysView } from '#domain/key/keys.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors } from '../own-data.ts';
import { viewOfKeys } from './keys-view.ts';
import type { KeyParts } from './parts.ts';

export function getKeys({ wrappedKeys, masterKeyIds, governedRead }: KeyParts) {
  return defineRoute({
    ...calls.getKeys,
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
