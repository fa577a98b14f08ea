import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createAccounts } from '../sign-in/accounts.ts';
import { createAdmin } from '../sign-in/admin.ts';
import { serveInteraction } from '../sign-in/interaction.ts';
import { problemPage, styleSheet } from '../sign-in/pages.ts';
import { createProvider } from '../sign-in/provider.ts';
import { signingKeys } from '../sign-in/signing-keys.ts';
import { createSignInStorage } from '../sign-in/storage.ts';
import { createUserinfo } from '../sign-in/userinfo.ts';
import type { Part } from './part.ts';

export interface SignInOptions {
  /** 0 = any free one. */
  port: number;
  /** Contains keys and sessions, in `sign-in/`. */
  dataDir: string;
  webClientSecret: string;
  /** The gateway's port; the gateway is reached as `127.0.0.1` and as `localhost`. */
  gatewayPort: number;
  /** Lifetime of access tokens; default 900. */
  accessTokenTtlSeconds?: number;
  env: NodeJS.ProcessEnv;
}

/**
 * Starts the local sign-in provider. Its issuer says `localhost` while the gateway is on `127.0.0.1`, so that browsers
 * treat them as two sites, as in production. Throws if `NODE_ENV` is production: its passwords are public.
 */
export async function startSignIn(options: SignInOptions): Promise<Part> {
  if (options.env['NODE_ENV'] === 'production') {
    throw new Error(
      'The local sign-in provider has public passwords and does not start in production; set OIDC_ISSUER.',
    );
  }
  const folder = join(options.dataDir, 'sign-in');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = await signingKeys(folder);
  const storage = createSignInStorage(join(folder, 'sessions.json'));
  const gatewayOrigins = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${options.gatewayPort}`);

  // The issuer contains the port, so with port 0 it is known only once the server listens.
  const handle: { current: Handler } = { current: (_request, response) => response.writeHead(503).end() };
  const servers = await listenOnLoopback(options.port, (request, response) =>
    handle.current(request, response),
  );
  const issuer = `http://localhost:${portOf(servers[0])}`;
  const accounts = createAccounts();
  const provider = createProvider({
    accounts,
    issuer,
    keys,
    storage,
    webClientSecret: options.webClientSecret,
    gatewayOrigins,
    accessTokenTtlSeconds: options.accessTokenTtlSeconds ?? 900,
  });
  const userinfo = createUserinfo(issuer, keys.publicJwks, accounts);
  const admin = createAdmin({ provider, accounts, storage });
  const oidc = provider.callback();
  const policy = contentSecurityPolicy(gatewayOrigins);

  handle.current = (request, response) => {
    const path = new URL(request.url ?? '/', issuer).pathname;
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    if (path === '/style.css') {
      response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(styleSheet);
    } else if (path.startsWith('/interaction/')) {
      serveInteraction(provider, request, response).catch((error: unknown) => refuse(response, error));
    } else if (path.startsWith('/admin/')) {
      void admin(request, response);
    } else if (path === '/me') {
      void userinfo(request, response);
    } else {
      oidc(request, response).catch((error: unknown) => refuse(response, error));
    }
  };
  return {
    name: 'Sign-in',
    url: issuer,
    stop: async () => {
      storage.flush();
      await Promise.all(servers.map(close));
    },
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** `form-action` also limits where the answer to a form may redirect: back to the gateway. */
function contentSecurityPolicy(gatewayOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    `form-action 'self' ${gatewayOrigins.join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function refuse(response: ServerResponse, error: unknown): void {
  const detail = error instanceof Error ? error.message : 'unknown problem';
  if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/html; charset=utf-8' });
  response.end(problemPage('This sign-in cannot go on. Start again.', detail));
}

/** Listens on both loopback addresses, since `localhost` may mean either; a machine without IPv6 has only one. */
async function listenOnLoopback(port: number, handler: Handler): Promise<[Server, ...Server[]]> {
  const first = await listen(port, '127.0.0.1', handler);
  try {
    return [first, await listen(portOf(first), '::1', handler)];
  } catch {
    return [first];
  }
}

function listen(port: number, host: string, handler: Handler): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === 'object' && address) return address.port;
  throw new Error('the sign-in server does not listen');
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
