import type { IncomingMessage, ServerResponse } from 'node:http';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { type Accounts, claimsOf } from './accounts.ts';
import { audience } from './provider.ts';

/**
 * The user-info endpoint for our JWT access tokens. The provider itself supports it only for opaque ones, and every
 * token here is for the API.
 */
export function createUserinfo(issuer: string, publicJwks: JSONWebKeySet, accounts: Accounts) {
  const jwks = createLocalJWKSet(publicJwks);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    try {
      const { payload } = await jwtVerify(token, jwks, {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: ['RS256'],
      });
      const account = accounts.bySub(payload.sub ?? '');
      if (account === undefined) throw new Error('the account is gone');
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(claimsOf(account)));
    } catch {
      response.writeHead(401, {
        'content-type': 'application/json',
        'www-authenticate': 'Bearer error="invalid_token"',
      });
      response.end(JSON.stringify({ error: 'invalid_token' }));
    }
  };
}
