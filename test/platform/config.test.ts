import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { shippedGroupRoles } from '#domain/person/role.ts';
import { gatewayNeeds } from '#gateway/open-gateway.ts';
import { parseConfig, variableNames } from '#platform/config/parse-config.ts';
import type { Secret } from '#platform/config/secret.ts';
import { webAddress } from '#platform/config/variable.ts';

const dir = mkdtempSync(join(tmpdir(), 'openclaw-config-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const databaseUrl = 'postgresql://openclaw_app:hunter2@db:5432/openclaw';

function problemsOf(
  env: Record<string, string>,
  needs: Parameters<typeof parseConfig>[0]['needs'] = [],
): string {
  try {
    parseConfig({ env, needs });
  } catch (error) {
    return String(error);
  }
  return '';
}

describe('configuration', () => {
  it('has a default for everything that can have one', () => {
    const { config, warnings } = parseConfig({ env: {}, needs: [] });
    expect(config).toMatchObject({
      port: 8080,
      apiBasePath: '/api/v1',
      bodyLimitBytes: 262_144,
      firstAnswerMs: 3_000,
      approvalExpiresMs: 604_800_000,
      rightsMaxAgeMs: 86_400_000,
      effectSettleMs: 30_000,
      providerTimeoutMs: 10_000,
      deploymentMode: 'single',
      oidcGroupRoles: shippedGroupRoles,
    });
    expect(warnings).toEqual([]);
  });

  it('takes in variables that connectors declare, beside its own and under their own names', () => {
    const connectorVariables = {
      DIARY_API_URL: webAddress({ example: 'https://diary.example', purpose: 'x' }),
    };
    const { config } = parseConfig({
      env: { DIARY_API_URL: 'http://diary/' },
      needs: [],
      connectorVariables,
    });
    expect(config.connectorVariables).toEqual({ DIARY_API_URL: 'http://diary' });
    expect(Object.isFrozen(config.connectorVariables)).toBe(true);
    expect(parseConfig({ env: {}, needs: [], connectorVariables }).config.connectorVariables).toEqual({
      DIARY_API_URL: undefined,
    });
    expect(() =>
      parseConfig({ env: { DIARY_API_URL: 'diary', PORT: 'x' }, needs: [], connectorVariables }),
    ).toThrow(/2 problem[\s\S]*DIARY_API_URL is malformed. Expected: http or https address/);
    expect(() => parseConfig({ env: {}, needs: [], connectorVariables: { PORT: z.string() } })).toThrow(
      'PORT is a variable already',
    );
  });

  it('is frozen', () => {
    const { config } = parseConfig({ env: {}, needs: [] });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('calls every variable by its name in camel case', () => {
    const env = Object.fromEntries(variableNames().map((name) => [name, '']));
    const { config } = parseConfig({
      env: { ...env, DATABASE_URL: databaseUrl, OIDC_CLI_CLIENT_ID: 'cli', TEMPORAL_UI_URL: 'http://ui/' },
      needs: ['DATABASE_URL'],
    });
    expectTypeOf(config.databaseUrl).toEqualTypeOf<Secret>();
    expect(config.databaseUrl.reveal()).toBe(databaseUrl);
    expect(config.oidcCliClientId).toBe('cli');
    expect(config.temporalUiUrl).toBe('http://ui');
  });

  it('reports every problem at once, with variable, form and example', () => {
    const words = problemsOf(
      {
        PORT: 'eighty',
        LOG_LEVEL: 'loud',
        PUBLIC_URL: 'ftp://x',
        DEPLOYMENT_MODE: 'ha',
        OIDC_GROUP_ROLES: '{',
      },
      ['TEMPORAL_ADDRESS'],
    );
    expect(words).toContain('6 problem(s)');
    expect(words).toContain(
      'TEMPORAL_ADDRESS is missing. Expected: `host:port`. Example: TEMPORAL_ADDRESS=temporal:7233',
    );
    expect(words).toContain('PORT is malformed. Expected: port number. Example: PORT=8080');
    for (const name of ['LOG_LEVEL', 'PUBLIC_URL', 'OIDC_GROUP_ROLES']) expect(words).toContain(name);
    expect(words).toContain('REDIS_URL is needed when DEPLOYMENT_MODE is ha');
  });

  it('reports what the gateway cannot do without', () => {
    const words = problemsOf({}, gatewayNeeds);
    for (const name of gatewayNeeds) expect(words).toContain(`${name} is missing`);
  });

  it.each(['-1', '65536', '80.5', '0x50', '1e3', ' 80'])('refuses "%s" as a port', (port) => {
    expect(problemsOf({ PORT: port })).toContain('PORT is malformed');
  });

  it('takes the other names of the documents, and refuses two that differ', () => {
    const { config } = parseConfig({
      env: {
        OIDC_ISSUER_URL: 'https://login.example/',
        DB_CONNECTION_STRING: databaseUrl,
        REDIS_CONNECTION_STRING: 'redis://c',
      },
      needs: ['OIDC_ISSUER', 'DATABASE_URL', 'REDIS_URL'],
    });
    expect(config.oidcIssuer).toBe('https://login.example/');
    expect(config.redisUrl.reveal()).toBe('redis://c');
    const both = { OIDC_ISSUER: 'https://a.example', OIDC_ISSUER_URL: 'https://b.example' };
    expect(problemsOf(both)).toContain(
      'OIDC_ISSUER is given more than once, differently (OIDC_ISSUER, OIDC_ISSUER_URL)',
    );
  });

  it('reads secrets from files, and says when it cannot', () => {
    const file = join(dir, 'database-url');
    writeFileSync(file, `${databaseUrl}\n`);
    const { config } = parseConfig({ env: { DATABASE_URL_FILE: file }, needs: ['DATABASE_URL'] });
    expect(config.databaseUrl.reveal()).toBe(databaseUrl);
    const words = problemsOf({ DATABASE_URL_FILE: join(dir, 'nothing') });
    expect(words).toContain("DATABASE_URL can't be read from the file that DATABASE_URL_FILE names");
  });

  it('never shows a secret, right or wrong', () => {
    const { config } = parseConfig({ env: { DATABASE_URL: databaseUrl }, needs: ['DATABASE_URL'] });
    for (const shown of [
      inspect(config, { depth: 9 }),
      JSON.stringify(config),
      config.databaseUrl.toString(),
    ]) {
      expect(shown).toContain('[secret]');
      expect(shown).not.toContain('hunter2');
    }
    expect(problemsOf({ DATABASE_URL: 'mysql://hunter2' })).not.toContain('hunter2');
  });

  it('warns of unknown OPENCLAW_ variables and names the nearest known one', () => {
    const { warnings } = parseConfig({
      env: { OPENCLAW_DATABSE_URL: 'x', OPENCLAW_GATEWAY_UR: 'x', OPENCLAW_TOKEN: 'x', SOMETHING_ELSE: 'x' },
      needs: [],
    });
    expect(warnings).toEqual([
      'OPENCLAW_DATABSE_URL is not a variable of ours. Did you mean DATABASE_URL?',
      'OPENCLAW_GATEWAY_UR is not a variable of ours. Did you mean OPENCLAW_GATEWAY_URL?',
    ]);
  });
});
