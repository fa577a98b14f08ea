import * as calls from '#domain/person/calls.ts';
import { signInConfig } from '#domain/person/session.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { IdentityParts } from '../../identity/identity-parts.ts';

/** What a command line needs to know before anybody is signed in. */
export function getAuthConfig({ device }: Pick<IdentityParts, 'device'>) {
  return defineRoute({
    ...calls.getAuthConfig,
    summary: 'How the command line signs in',
    auth: 'public',
    audit: { none: 'public facts about the installation' },
    request: {},
    response: { 200: signInConfig },
    errors: [],
    async handle() {
      const { issuer, cliClientId, audience, scopes } = device;
      return { status: 200, body: { issuer, cli_client_id: cliClientId, audience, scopes } };
    },
  });
}
