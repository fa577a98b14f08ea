import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { governedDomains } from '#domain/policy/rules.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { makeSecrets } from '../../deploy/compose/make-secrets.ts';
import { compileCache } from '../support/compile-cache.ts';
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

const setUp = (...args: readonly string[]) => script('set-up', args);

const script = (name: string, args: readonly string[]) =>
  run(process.execPath, [`deploy/compose/${name}.ts`, ...args], {
    cwd: root,
    env: {
      ...compileCache,
      PATH: process.env['PATH'],
      DATABASE_ADMIN_URL: addressOf(databases.main),
      AUDIT_DATABASE_ADMIN_URL: addressOf(databases.audit),
      DATABASE_URL: addressOf(databases.main, `${prefix}_app`),
      AUDIT_DATABASE_URL: addressOf(databases.audit, `${prefix}_app`),
      ENCRYPTION_KEYS_FILE: join(secrets, 'encryption_keys'),
      VOTE_SIGNING_KEY_FILE: join(secrets, 'vote_signing_key'),
      VOTE_VERIFY_KEYS_FILE: join(secrets, 'vote_verify_keys'),
    },
  });

const policies = () =>
  withAdmin(addressOf(databases.main), async (client) => {
    const { rows } = await client.query<{ domain: string }>(
      'SELECT domain FROM tenant_acme.policies ORDER BY domain',
    );
    return rows.map(({ domain }) => domain);
  });

const isSigned = () =>
  withAdmin(addressOf(databases.main), async (client) => {
    const { rows } = await client.query(
      'SELECT FROM tenant_acme.policy_revision WHERE signature IS NOT NULL',
    );
    return rows.length === 1;
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
    expect(await policies()).toEqual(governedDomains.toSorted());
    expect(await isSigned()).toBe(true);
  });

  it('changes nothing when it runs again', async () => {
    const before = await policies();
    const { stdout } = await setUp('acme', 'Acme');
    expect(stdout).toBe('tenant acme is ready\n');
    expect(await policies()).toEqual(before);
  });

  it('signs policies from before signatures', async () => {
    await withAdmin(addressOf(databases.main), async (client) => {
      await client.query('SET session_replication_role = replica');
      await client.query(
        'UPDATE tenant_acme.policy_revision SET digest = NULL, key_id = NULL, signature = NULL, signed_at = NULL',
      );
    });
    expect(await isSigned()).toBe(false);
    await setUp('acme', 'Acme');
    expect(await isSigned()).toBe(true);
  });

  it('leaves policies that somebody changed to an operator, who looks and signs what they saw', async () => {
    const look = async () => (await script('sign-policies', ['acme'])).stdout.trimEnd().split('\n').at(-1);
    expect(await look()).toMatch(/^signed: yes/);
    await withAdmin(addressOf(databases.main), async (client) => {
      await client.query('SET session_replication_role = replica');
      await client.query(`UPDATE tenant_acme.policies SET name = 'Changed' WHERE domain = 'actions'`);
    });
    await setUp('acme', 'Acme');
    const [, digest = ''] = /^signed: no, digest (\w+)$/.exec((await look()) ?? '') ?? [];
    await expect(script('sign-policies', ['acme', 'something-else'])).rejects.toMatchObject({ code: 1 });
    await script('sign-policies', ['acme', digest]);
    expect(await look()).toMatch(/^signed: yes/);
  });

  it('says how it is called when the tenant is missing', async () => {
    await expect(setUp()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('usage:') });
  });
});
