import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('the worker does not start without an identity provider to ask for rights, and says so', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['workers/main.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: 'postgresql://openclaw_app:none@127.0.0.1:1/openclaw',
      AUDIT_DATABASE_URL: 'postgresql://openclaw_audit_app:none@127.0.0.1:1/audit',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      ENCRYPTION_KEYS_FILE: '/nowhere/keys.json',
      VOTE_VERIFY_KEYS_FILE: '/nowhere/verify.json',
      AUDIT_SIGNING_KEY_FILE: '/nowhere/audit.json',
      SECRETS_DIR: '/nowhere/secrets',
    },
  });
  expect(status).not.toBe(0);
  const problems = `${stdout}${stderr}`.split('\n').filter((line) => /[A-Z]+_[A-Z_]+/.test(line));
  expect(problems).toEqual([expect.stringContaining('OIDC_ISSUER')]);
});

it.each(['gateway', 'provisioning'])(
  'the worker does not start with the login of the %s, and says so in a sentence',
  (login) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ['workers/main.ts'], {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: `postgresql://openclaw_${login}:none@127.0.0.1:1/openclaw`,
        AUDIT_DATABASE_URL: 'postgresql://openclaw_worker:none@127.0.0.1:1/audit',
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        OIDC_ISSUER: 'http://127.0.0.1:1',
        ENCRYPTION_KEYS_FILE: '/nowhere/keys.json',
        VOTE_VERIFY_KEYS_FILE: '/nowhere/verify.json',
        AUDIT_SIGNING_KEY_FILE: '/nowhere/audit.json',
        SECRETS_DIR: '/nowhere/secrets',
      },
    });
    expect(status).not.toBe(0);
    expect(`${stdout}${stderr}`).toContain(
      `DATABASE_URL of the worker names the login of the ${login}; it has to be openclaw_worker`,
    );
  },
);
