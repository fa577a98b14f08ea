import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { makeSecrets } from '../../deploy/compose/make-secrets.ts';
import { root } from './read-compose.ts';

const run = promisify(execFile);

/** An empty server as far as this test goes: names of its own for databases and roles. */
const prefix = `s${randomBytes(4).toString('hex')}`;
const databases = { main: `${prefix}_main`, audit: `${prefix}_audit` };
const secrets = mkdtempSync(join(tmpdir(), 'openclaw-set-up-'));

const addressOf = (database: string, login?: string) => {
  const url = new URL(inject('postgresAdminUrl'));
  url.pathname = `/${database}`;
  if (login !== undefined) Object.assign(url, { username: login, password: 'test' });
  return url.href;
};

const setUp = (...args: readonly string[]) =>
  run(process.execPath, ['deploy/compose/set-up.ts', ...args], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      DATABASE_ADMIN_URL: addressOf(databases.main),
      AUDIT_DATABASE_ADMIN_URL: addressOf(databases.audit),
      DATABASE_URL: addressOf(databases.main, `${prefix}_app`),
      AUDIT_DATABASE_URL: addressOf(databases.audit, `${prefix}_app`),
      ENCRYPTION_KEYS_FILE: join(secrets, 'encryption_keys'),
    },
  });

const policies = () =>
  withAdmin(addressOf(databases.main), async (client) => {
    const { rows } = await client.query<{ domain: string }>(
      'SELECT domain FROM tenant_acme.policies ORDER BY domain',
    );
    return rows.map(({ domain }) => domain);
  });

describe('deploy/compose/set-up.ts', () => {
  beforeAll(() => {
    makeSecrets(secrets);
  });
  afterAll(async () => {
    rmSync(secrets, { recursive: true, force: true });
    await withAdmin(inject('postgresAdminUrl'), async (client) => {
      for (const database of Object.values(databases)) {
        await runDdl(client, 'DROP DATABASE IF EXISTS %I WITH (FORCE)', database);
      }
    });
  });

  it('makes databases, logins and a tenant with the shipped policies, from nothing', async () => {
    const { stdout } = await setUp('acme', 'Acme');
    expect(stdout).toContain(`database ${databases.main} created`);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('tenant acme is ready');
    expect(await policies()).toEqual(['actions', 'integrations']);
  });

  it('changes nothing when it runs again', async () => {
    const before = await policies();
    const { stdout } = await setUp('acme', 'Acme');
    expect(stdout).toBe('tenant acme is ready\n');
    expect(await policies()).toEqual(before);
  });

  it('says how it is called when the tenant is missing', async () => {
    await expect(setUp()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('usage:') });
  });
});
