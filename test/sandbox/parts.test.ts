import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { checkout } from '#sandbox/checkout.ts';
import { createChildren } from '#sandbox/children.ts';
import { databaseUserOf, openDataDir } from '#sandbox/data-dir.ts';
import { startPostgres } from '#sandbox/parts/postgres.ts';
import { startRedis } from '#sandbox/parts/redis.ts';
import { startTemporal } from '#sandbox/parts/temporal.ts';
import { type ReservedPorts, reservePorts } from '#sandbox/ports.ts';
import { startReaper } from '#sandbox/reaper.ts';
import { hasTool } from '../support/tools.ts';

let dataDir: string;
let reserved: ReservedPorts;
const user = databaseUserOf();

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'openclaw-parts-'));
  openDataDir(dataDir, user);
  chmodSync(dataDir, 0o711);
  startReaper(join(dataDir, 'children.json'), dataDir);
  reserved = await reservePorts({ file: join(dataDir, 'ports.json'), env: {}, wishes: false });
  await reserved.releaseAll();
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const each = (name: string) => ({
  children: createChildren(join(dataDir, 'children.json')),
  restart: false,
  say: () => {},
  dataDir,
  logFile: join(dataDir, 'logs', `${name}.log`),
});

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the local PostgreSQL', () => {
  it('is UTF-8, wants a password, belongs to its user alone, and keeps its data over kill -9', async () => {
    const postgres = await startPostgres({
      ...each('postgres'),
      port: reserved.ports.postgres,
      checkout,
      cacheDir: dataDir,
      password: 'right',
      user,
    });
    try {
      const settings = await rows(
        postgres.adminUrl,
        "select current_setting('server_encoding') as encoding, current_setting('max_connections') as connections, current_setting('fsync') as fsync",
      );
      expect(settings).toEqual([{ encoding: 'UTF8', connections: '200', fsync: 'on' }]);
      await expect(rows(postgres.adminUrl.replace('right', 'wrong'), 'select 1')).rejects.toThrow('password');
      expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
      await rows(postgres.adminUrl, "create table kept as select 'yes'::text as answer");
      await postgres.kill9();
      await postgres.start();
      expect(await rows(postgres.adminUrl, 'select answer from kept')).toEqual([{ answer: 'yes' }]);
    } finally {
      await postgres.kill9();
    }
  });
});

describe('the local Redis', () => {
  it.skipIf(!hasTool('redis'))('wants its password, which no argument shows', async () => {
    const redis = await startRedis({
      ...each('redis'),
      port: reserved.ports.redis,
      password: 'right',
      env: process.env,
    });
    if (redis === undefined) throw new Error('redis-server is not on PATH');
    try {
      const client = new Redis(redis.url);
      expect(await client.set('key', 'value')).toBe('OK');
      client.disconnect();
      const stranger = new Redis(redis.url.replace('right', 'wrong'), { retryStrategy: () => null });
      stranger.on('error', () => {});
      await expect(stranger.get('key')).rejects.toThrow();
      stranger.disconnect();
    } finally {
      await redis.kill9();
    }
  });

  it('is absent where no program is on PATH', async () => {
    const none = await startRedis({
      ...each('redis'),
      port: reserved.ports.redis,
      password: 'x',
      env: { PATH: dataDir },
    });
    expect(none).toBeUndefined();
  });
});

describe('the local Temporal server', () => {
  it('knows our search attributes, and still does after kill -9', async () => {
    const temporal = await startTemporal({
      ...each('temporal'),
      cli: inject('temporalCli'),
      port: reserved.ports.temporal,
      uiPort: reserved.ports.temporalUi,
      codecEndpoint: 'http://127.0.0.1:1/codec/secret',
    });
    const attributes = async () => {
      const connection = await Connection.connect({ address: temporal.address });
      try {
        const { customAttributes } = await connection.operatorService.listSearchAttributes({
          namespace: 'default',
        });
        return Object.keys(customAttributes ?? {});
      } finally {
        await connection.close();
      }
    };
    try {
      expect(await attributes()).toEqual(expect.arrayContaining(['TenantId', 'Kind', 'State']));
      const settings = await fetch(`${temporal.url}/api/v1/settings`);
      expect(await settings.text()).toContain('http://127.0.0.1:1/codec/secret');
      await temporal.kill9();
      await temporal.start();
      expect(await attributes()).toEqual(expect.arrayContaining(['TenantId', 'Kind', 'State']));
    } finally {
      await temporal.kill9();
    }
  });
});
