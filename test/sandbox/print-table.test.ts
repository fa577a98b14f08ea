import { describe, expect, it } from 'vitest';
import { stackTable } from '#sandbox/print-table.ts';
import type { Stack } from '#sandbox/stack-file.ts';

const stack: Stack = {
  pid: 1,
  identity: 'x',
  dataDir: '/data/openclaw',
  logs: '/data/openclaw/logs',
  api: 'http://127.0.0.1:8080',
  temporal: {
    address: '127.0.0.1:7233',
    namespace: 'default',
    taskQueue: 'openclaw',
    ui: 'http://127.0.0.1:8233',
  },
  signIn: { issuer: 'http://localhost:9080', cliClientId: 'openclaw-cli' },
  databases: {
    databaseUrl: 'postgresql://openclaw_app:hidden@127.0.0.1/openclaw',
    auditDatabaseUrl: 'postgresql://openclaw_app:hidden@127.0.0.1/openclaw_audit',
    databaseAdminUrl: 'postgresql://postgres:hidden@127.0.0.1/openclaw',
    auditDatabaseAdminUrl: 'postgresql://postgres:hidden@127.0.0.1/openclaw_audit',
  },
  redisUrl: 'redis://:hidden@127.0.0.1:6379',
  providers: [
    {
      name: 'github',
      title: 'GitHub',
      variable: 'GITHUB_API_URL',
      url: 'http://127.0.0.1:9180',
      adminUrl: 'http://127.0.0.1:9180/admin',
    },
  ],
  processes: [],
  accounts: [
    { email: 'user@acme.test', password: 'demo', tenant: 'acme', part: 'asks' },
    { email: 'admin@acme.test', password: 'demo', tenant: 'acme', part: 'enterprise admin' },
  ],
};

describe('the table that npm start ends with', () => {
  it('names every address, account, the data folder and three commands', () => {
    const text = stackTable(stack);
    for (const part of [
      'http://127.0.0.1:8080/api/v1',
      'http://127.0.0.1:8233',
      'http://localhost:9080',
      'user@acme.test   password demo  (asks)',
      'admin@acme.test  password demo  (enterprise admin)',
      '/data/openclaw',
      'npx openclaw auth login',
      'npx openclaw ask',
      'npm run demo',
      'a local stand-in',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('has lines of one width', () => {
    const widths = new Set(
      stackTable(stack)
        .split('\n')
        .map((line) => line.length),
    );
    expect(widths.size).toBe(1);
  });

  it('prints no database or cache password', () => {
    expect(stackTable(stack)).not.toContain('hidden');
  });

  it('says what is not local', () => {
    const providers = stack.providers.map(({ adminUrl: _standIn, ...real }) => real);
    const temporal = { ...stack.temporal, ui: undefined };
    const text = stackTable({ ...stack, providers, temporal, accounts: [] });
    expect(text).toContain('the real one (GITHUB_API_URL)');
    expect(text).toContain('of your own server at 127.0.0.1:7233');
    expect(text).not.toContain('Accounts');
  });
});
