import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

interface Scripted {
  status: number;
  body: string;
  location?: string;
}

/** What the token endpoint answers; gets the form that was sent. */
export type TokenEndpoint = (
  form: URLSearchParams,
) => Promise<{ status: number; body: unknown; headers?: Record<string, string> }>;

/** Gets the access token. */
export type UserinfoEndpoint = (
  accessToken: string,
) => Promise<{ status: number; body: unknown; headers?: Record<string, string> }>;

/** An identity provider whose every answer the test decides: keys rotate, endpoints hang, tokens are wrong. */
export interface FakeProvider {
  issuer: string;
  jwksUri: URL;
  /** Fetches of the key set so far. */
  fetches(): number;
  serve(keys: readonly SigningKey[]): void;
  /** What the key endpoint answers with in place of keys; `undefined` = keys again. */
  answerWith(answer: Scripted | undefined): void;
  /** Keeps key sets back until called with `false`. */
  hold(held: boolean): void;
  onToken(endpoint: TokenEndpoint): void;
  /** What the user-info endpoint answers; only where the provider was started with one. */
  onUserinfo(endpoint: UserinfoEndpoint): void;
  close(): Promise<void>;
}

export async function makeKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, publicKey, jwk };
}

/** A token with exactly these claims; nothing is added but `alg`, `kid` and `typ` of the header. */
export function signToken(key: SigningKey, claims: JWTPayload, header: Record<string, unknown> = {}) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(key.privateKey);
}

export async function startFakeProvider(
  keys: readonly SigningKey[],
  { userinfo = false } = {},
): Promise<FakeProvider> {
  let served = keys;
  let scripted: Scripted | undefined;
  let fetches = 0;
  let held = false;
  let token: TokenEndpoint = async () => ({ status: 400, body: { error: 'invalid_grant' } });
  let told: UserinfoEndpoint = async () => ({ status: 401, body: {} });
  const waiting: (() => void)[] = [];

  const server = createServer((request, response) => {
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
    };
    if (request.url === '/.well-known/openid-configuration') {
      const { userinfo_endpoint, ...others } = metadataOf(issuer);
      send(200, userinfo ? { ...others, userinfo_endpoint } : others);
      return;
    }
    if (request.url === '/token') {
      void bodyOf(request)
        .then((body) => token(new URLSearchParams(body)))
        .then((answer) => send(answer.status, answer.body, answer.headers));
      return;
    }
    if (request.url === '/userinfo') {
      const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
      void told(token).then((answer) => send(answer.status, answer.body, answer.headers));
      return;
    }
    fetches += 1;
    const answer = scripted ?? { status: 200, body: JSON.stringify({ keys: served.map((key) => key.jwk) }) };
    const sendKeys = () =>
      send(answer.status, answer.body, answer.location ? { location: answer.location } : {});
    if (held) waiting.push(sendKeys);
    else sendKeys();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    jwksUri: new URL('/jwks', issuer),
    fetches: () => fetches,
    serve: (next) => {
      served = next;
    },
    answerWith: (next) => {
      scripted = next;
    },
    hold: (next) => {
      held = next;
      if (!held) for (const send of waiting.splice(0)) send();
    },
    onToken: (next) => {
      token = next;
    },
    onUserinfo: (next) => {
      told = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function metadataOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/end`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

async function bodyOf(request: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
