import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepareNamespace } from '#platform/temporal/prepare-namespace.ts';

const day = 86_400;
const namespace = `prepared-${randomBytes(4).toString('hex')}`;
let connection: Connection;

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs(day * 1_000),
  });
  // A new namespace is known to every part of the server only after its cache was read anew.
  for (;;) {
    try {
      await connection.workflowService.describeNamespace({ namespace });
      await connection.operatorService.listSearchAttributes({ namespace });
      return;
    } catch {
      await sleep(200);
    }
  }
});
afterAll(() => connection?.close());

async function prepare(retentionDays: number, of = namespace): Promise<string[]> {
  const warnings: string[] = [];
  const warn = (line: string) => warnings.push(line);
  await prepareNamespace({ connection, namespace: of, retentionDays, warn });
  return warnings;
}

async function retentionDays(): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / day;
}

describe('preparing a namespace', () => {
  it('adds our search attributes and raises the retention, also a second time', async () => {
    expect(await prepare(30)).toEqual([]);
    expect(await prepare(30)).toEqual([]);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(['Kind', 'State', 'TenantId']));
    expect(await retentionDays()).toBe(30);
  });

  it('never shortens the retention, and leaves it alone when told so', async () => {
    await prepare(30);
    expect(await prepare(7)).toEqual([]);
    expect(await prepare(0)).toEqual([]);
    expect(await retentionDays()).toBe(30);
  });

  it('says in one line each what it could not do, and goes on', async () => {
    const warnings = await prepare(30, 'there-is-none');
    expect(warnings).toEqual([
      expect.stringMatching(/TenantId, Kind, State to there-is-none by hand/),
      expect.stringMatching(/retention of there-is-none to 30 days by hand/),
    ]);
  });
});
