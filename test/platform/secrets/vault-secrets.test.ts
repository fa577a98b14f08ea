import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rotation } from '#platform/secrets/read-secret.ts';
import { createVaultSecrets } from '#platform/secrets/vault-secrets.ts';

/** As much of a Vault as we use: KV version 2, and the Kubernetes login. */
interface Vault {
  server: Server;
  values: Record<string, unknown>;
  /** Tokens that are good now. */
  tokens: Set<string>;
  leaseSeconds: number;
  logins: unknown[];
  reads: number;
  /** What it does instead of answering. */
  fault: 'none' | 'broken' | 'silent' | 'sealed' | 'nonsense' | 'elsewhere';
}

let vault: Vault;
let address: string;
let folder: string;
let rotations: Rotation[];
let monotonicMs: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-vault-'));
  writeFileSync(join(folder, 'token'), 'agent-token\n');
  writeFileSync(join(folder, 'jwt'), 'service-account\n');
  rotations = [];
  monotonicMs = 0;
  vault = {
    server: createServer((request, response) => {
      void answer(request).then(
        (told) => told && response.writeHead(told.status, told.headers).end(JSON.stringify(told.body)),
      );
    }),
    values: { access_token: 'value-1' },
    tokens: new Set(['agent-token']),
    leaseSeconds: 900,
    logins: [],
    reads: 0,
    fault: 'none',
  };
  await new Promise<void>((resolve) => vault.server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server on a port has such an address
  address = `http://127.0.0.1:${(vault.server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vault.server.closeAllConnections();
  vault.server.close();
  rmSync(folder, { recursive: true });
});

async function answer(request: IncomingMessage) {
  const no = (status: number) => ({ status, headers: {}, body: { errors: ['no value-1 here'] } });
  const yes = (body: object) => ({ status: 200, headers: {}, body });
  if (vault.fault === 'silent') return undefined;
  if (vault.fault === 'broken') return no(500);
  if (vault.fault === 'sealed') return no(503);
  if (vault.fault === 'nonsense') return yes({ data: 'value-1' });
  if (vault.fault === 'elsewhere') return { status: 307, headers: { location: address }, body: {} };
  if (request.url === '/v1/auth/kubernetes/login') {
    vault.logins.push(JSON.parse(await text(request)));
    const token = `login-${vault.logins.length}`;
    vault.tokens.add(token);
    return yes({ auth: { client_token: token, lease_duration: vault.leaseSeconds } });
  }
  vault.reads += 1;
  if (!vault.tokens.has(String(request.headers['x-vault-token']))) return no(403);
  if (request.url !== '/v1/secret/data/openclaw/acme/openclaw-github-oauth') return no(404);
  return yes({ data: { data: vault.values, metadata: { version: 1 } } });
}

function open(login: 'file' | 'kubernetes' = 'file', timeoutMs = 10_000) {
  return createVaultSecrets({
    address,
    mount: 'secret',
    login:
      login === 'file'
        ? { tokenFile: join(folder, 'token') }
        : { role: 'openclaw', mount: 'kubernetes', tokenFile: join(folder, 'jwt') },
    onRotation: async (rotation) => void rotations.push(rotation),
    timeoutMs,
    monotonicMs: () => monotonicMs,
  });
}
const name = ['acme', 'openclaw-github-oauth', 'access_token'] as const;
const unavailable = { code: 'CONNECTOR_UNAVAILABLE' };
const later = (ms: number) => {
  monotonicMs += ms;
};

describe('a secret in Vault', () => {
  it('is read once for many who ask, and again within a minute', async () => {
    const read = open();
    expect(await Promise.all([read(...name), read(...name), read(...name)])).toEqual(
      Array.from({ length: 3 }, () => 'value-1'),
    );
    expect(vault.reads).toBe(1);
    vault.values = { access_token: 'value-2' };
    expect(await read(...name)).toBe('value-1');
    later(31_000);
    expect(await read(...name)).toBe('value-2');
    expect(rotations.map(({ before, content }) => [String(before), String(content)])).toEqual([
      ['value-1', 'value-2'],
    ]);
  });

  it('of another tenant, or another name, is not there', async () => {
    const read = open();
    await expect(read('globex', name[1], name[2])).rejects.toMatchObject(unavailable);
    await expect(read('acme', name[1], 'client_secret')).rejects.toMatchObject(unavailable);
    await expect(read('acme', '../globex', name[2])).rejects.toMatchObject(unavailable);
  });

  it.each(['broken', 'silent', 'sealed', 'nonsense', 'elsewhere'] as const)(
    'outlives a Vault that is %s for a while, not for ever',
    async (fault) => {
      const read = open('file', fault === 'silent' ? 1_500 : undefined);
      await read(...name);
      vault.fault = fault;
      later(60_000);
      expect(await read(...name)).toBe('value-1');
      later(600_000);
      const error: unknown = await read(...name).catch((caught: unknown) => caught);
      expect(error).toMatchObject(unavailable);
      expect(String(error)).not.toContain('value-1');
      vault.fault = 'none';
      expect(await read(...name)).toBe('value-1');
    },
  );

  it('is not there while Vault never answered', async () => {
    vault.fault = 'broken';
    await expect(open()(...name)).rejects.toMatchObject(unavailable);
  });

  it('that is refused now is not used any more', async () => {
    const read = open();
    await read(...name);
    vault.tokens.clear();
    later(60_000);
    await expect(read(...name)).rejects.toMatchObject(unavailable);
    await expect(read(...name)).rejects.toMatchObject(unavailable);
  });

  it('is read with the token that the file holds now', async () => {
    const read = open();
    await read(...name);
    vault.tokens = new Set(['next-token']);
    writeFileSync(join(folder, 'token'), 'next-token');
    later(60_000);
    expect(await read(...name)).toBe('value-1');
  });
});

describe('the Kubernetes login', () => {
  it('is made once with the service account, and anew before its lease ends', async () => {
    const read = open('kubernetes');
    await read(...name);
    later(500_000);
    await read(...name);
    expect(vault.logins).toEqual([{ role: 'openclaw', jwt: 'service-account' }]);
    later(150_000);
    await read(...name);
    expect(vault.logins).toHaveLength(2);
  });

  it('is made anew when its token was revoked', async () => {
    const read = open('kubernetes');
    await read(...name);
    vault.tokens.clear();
    later(60_000);
    expect(await read(...name)).toBe('value-1');
    expect(vault.logins).toHaveLength(2);
  });

  it('that fails is tried again', async () => {
    const read = open('kubernetes');
    vault.fault = 'broken';
    await expect(read(...name)).rejects.toMatchObject(unavailable);
    vault.fault = 'none';
    expect(await read(...name)).toBe('value-1');
  });
});
