import { signInConfig } from '#domain/person/session.schema.ts';
import { defineRoute } from '../../http/route.ts';
import type { AuthDependencies } from './auth-dependencies.ts';

/** What a command line needs to know before anybody is signed in. */
export function getAuthConfig({ device }: Pick<AuthDependencies, 'device'>) {
  return defineRoute({
    method: 'GET',
    path: '/api/v1/auth/config',
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
