import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connectorVariables } from '#connectors/variables.ts';
import { parseConfig, variableNames } from '#platform/config/parse-config.ts';
import { installationKeys } from '#sandbox/keys.ts';
import { externalDatabases, localDatabases } from '#sandbox/parts/databases.ts';
import {
  gatewayEnvironment,
  provisioningEnvironment,
  type StackAddresses,
  workerEnvironment,
} from '#sandbox/stack-environment.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-environment-'));
const keys = installationKeys(dataDir);
const addresses: StackAddresses = {
  databases: localDatabases({
    adminUrl: 'postgresql://postgres:top@127.0.0.1:5432/postgres',
    appPassword: 'app',
  }),
  redisUrl: 'redis://127.0.0.1:6379',
  temporalAddress: '127.0.0.1:7233',
  temporalUiUrl: 'http://127.0.0.1:8233',
  localIssuer: 'http://localhost:9080',
  providers: [
    {
      name: 'github',
      title: 'GitHub',
      variable: 'GITHUB_API_URL',
      url: 'http://127.0.0.1:9180',
      adminUrl: 'http://127.0.0.1:9180/admin',
    },
  ],
  secretsDir: join(dataDir, 'secrets'),
  port: 8080,
};
const inherited = {
  PATH: '/bin',
  DATABASE_ADMIN_URL: 'postgresql://postgres:top@127.0.0.1/openclaw',
  npm_command: 'start',
};

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the environment that the local stack gives its processes', () => {
  it('holds only variables that the configuration knows, beside what was inherited', () => {
    const given = Object.keys(gatewayEnvironment({ env: { PATH: '/bin' }, addresses, keys }));
    const known: readonly string[] = [...variableNames(), ...Object.keys(connectorVariables), 'PATH'];
    expect(given.length).toBeGreaterThan(20);
    expect(given.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('is a complete configuration of gateway and worker', () => {
    const gateway = gatewayEnvironment({ env: {}, addresses, keys });
    const parsed = parseConfig({
      env: gateway,
      needs: ['DATABASE_URL', 'OIDC_ISSUER', 'VOTE_SIGNING_KEY_FILE'],
    });
    expect(parsed.config.codecPath).toBe(keys.codecPath);
    expect(parsed.config.oidcIssuer).toBe('http://localhost:9080');
    expect(() =>
      parseConfig({ env: workerEnvironment({ env: {}, addresses, keys }), needs: ['VOTE_VERIFY_KEYS_FILE'] }),
    ).not.toThrow();
  });

  it('keeps from the worker what signs votes or migrates', () => {
    const env = workerEnvironment({
      env: { ...inherited, VOTE_SIGNING_KEY_FILE: '/keys/vote' },
      addresses,
      keys,
    });
    expect(env['VOTE_SIGNING_KEY_FILE']).toBeUndefined();
    expect(env['OIDC_CLIENT_SECRET']).toBe(keys.webClientSecret);
    expect(env['DATABASE_ADMIN_URL']).toBeUndefined();
    expect(Object.values(env).join(' ')).not.toContain('postgres:top');
    expect(env['PATH']).toBe('/bin');
  });

  it("gives the administrator's address to provisioning alone, with what that needs and no more", () => {
    const env = provisioningEnvironment({ env: {}, addresses, keys });
    expect(env).toMatchObject({
      DATABASE_ADMIN_URL: addresses.databases.databaseAdminUrl,
      VOTE_SIGNING_KEY_FILE: keys.voteSigningKeyFile,
      OPERATOR_TENANT: 'acme',
    });
    for (const name of ['AUDIT_DATABASE_ADMIN_URL', 'AUDIT_SIGNING_KEY_FILE', 'OIDC_CLIENT_SECRET']) {
      expect(env[name]).toBeUndefined();
    }
    expect(gatewayEnvironment({ env: {}, addresses, keys })['DATABASE_ADMIN_URL']).toBeUndefined();
  });

  it('lets a variable of the caller stand in for a local part', () => {
    const external = { ...addresses, localIssuer: undefined, redisUrl: undefined };
    const env = gatewayEnvironment({
      env: { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'mine', EFFECT_SETTLE_MS: '9000' },
      addresses: external,
      keys,
    });
    expect(env).toMatchObject({
      OIDC_ISSUER: 'https://login.example.com',
      OIDC_CLIENT_ID: 'mine',
      EFFECT_SETTLE_MS: '9000',
    });
    expect(env).not.toHaveProperty('OIDC_CLIENT_SECRET');
    expect(env).not.toHaveProperty('REDIS_URL');
  });
});

describe('databases on somebody else’s server', () => {
  it('are what the variables say', () => {
    const env = {
      AUDIT_DATABASE_URL: 'postgresql://openclaw_app:a@audit/ledger',
      DATABASE_ADMIN_URL: 'postgresql://root:r@db/openclaw',
      AUDIT_DATABASE_ADMIN_URL: 'postgresql://root:r@audit/ledger',
    };
    expect(externalDatabases(env, 'postgresql://openclaw_app:a@db/openclaw')).toEqual({
      databaseUrl: 'postgresql://openclaw_app:a@db/openclaw',
      auditDatabaseUrl: 'postgresql://openclaw_app:a@audit/ledger',
      databaseAdminUrl: 'postgresql://root:r@db/openclaw',
      auditDatabaseAdminUrl: 'postgresql://root:r@audit/ledger',
    });
  });

  it('lie beside each other when only one is named', () => {
    expect(externalDatabases({}, 'postgresql://openclaw_app:a@db/openclaw?sslmode=require')).toMatchObject({
      auditDatabaseUrl: 'postgresql://openclaw_app:a@db/openclaw_audit?sslmode=require',
      auditDatabaseAdminUrl: 'postgresql://openclaw_app:a@db/openclaw_audit?sslmode=require',
    });
  });
});
