import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, importJWK, SignJWT } from 'jose';
import { startSignIn } from '#sandbox/parts/sign-in.ts';
import { demoAccounts } from '#sandbox/sign-in/accounts.ts';
import { signingKeys } from '#sandbox/sign-in/signing-keys.ts';
import { tokenFor } from '#sandbox/sign-in/token-for.ts';

/** A sign-in provider whose keys the test holds, so that it can be made to have said anything. */
export interface OwnProvider {
  url: string;
  /** A token got by really signing in. */
  token(email: string): Promise<string>;
  /** The same token with other claims, under the provider's own signature. */
  resigned(token: string, claims: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

export async function startOwnProvider(): Promise<OwnProvider> {
  const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-e2e-sign-in-'));
  const part = await startSignIn({
    port: 0,
    dataDir,
    webClientSecret: 'unused',
    gatewayPort: 8080,
    env: { NODE_ENV: 'test' },
  });
  const { jwks } = await signingKeys(join(dataDir, 'sign-in'));
  const [jwk] = jwks.keys;
  if (jwk?.kid === undefined) throw new Error('the provider has no key');
  const { kid } = jwk;
  const key = await importJWK(jwk, 'RS256');
  return {
    url: part.url,
    token: async (email) => {
      const password = demoAccounts.find((account) => account.email === email)?.password ?? '';
      return (await tokenFor({ issuer: part.url, account: email, password })).accessToken;
    },
    resigned: (token, claims) =>
      new SignJWT({ ...decodeJwt(token), ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
        .sign(key),
    close: async () => {
      await part.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
