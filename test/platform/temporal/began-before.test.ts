import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createBeganBefore } from '#platform/temporal/began-before.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

const namespace = 'default';
const dayMs = 86_400_000;
let connection: Connection;
let client: Client;
let opened: TestStores;

beforeAll(async () => {
  [connection, opened] = await Promise.all([
    Connection.connect({ address: inject('temporalAddress') }),
    openTestStores(),
  ]);
  client = new Client({ connection, namespace });
});
afterAll(async () => {
  await opened?.close();
  await connection?.close();
});

const beganBefore = (moment: Date) =>
  createBeganBefore({ service: connection.workflowService, namespace, moment: async () => moment });

/** Nobody serves its queue. */
const start = (workflowId: string) =>
  client.workflow.start('request', { workflowId, taskQueue: `nobody-${randomUUID()}` });

describe('a workflow', () => {
  it('began before what comes after its start, and not before what came earlier', async () => {
    const id = `request:acme:${randomUUID()}`;
    const handle = await start(id);
    expect(await beganBefore(new Date(Date.now() + dayMs))(id)).toBe(true);
    expect(await beganBefore(new Date(Date.now() - dayMs))(id)).toBe(false);
    await handle.terminate();
  });

  it('that is ended and started anew under its id is another one', async () => {
    const id = `request:acme:${randomUUID()}`;
    await (await start(id)).terminate();
    const between = new Date(Date.now() + 50);
    expect(await beganBefore(between)(id)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const again = await start(id);
    expect(await beganBefore(between)(id)).toBe(false);
    await again.terminate();
  });

  it('that there never was began before nothing', async () => {
    expect(await beganBefore(new Date(Date.now() + dayMs))(`request:acme:${randomUUID()}`)).toBe(false);
  });

  it('of which nobody can say is asked about again', async () => {
    const id = `request:acme:${randomUUID()}`;
    const handle = await start(id);
    let isAway = true;
    const ask = createBeganBefore({
      service: connection.workflowService,
      namespace,
      moment: async () => {
        if (isAway) throw new Error('away');
        return new Date(Date.now() + dayMs);
      },
    });
    await expect(ask(id)).rejects.toThrow('away');
    isAway = false;
    expect(await ask(id)).toBe(true);
    await handle.terminate();
  });
});

describe('the moment from which on payloads are bound', () => {
  it('is a day after the migration', async () => {
    const since = await opened.stores.upkeep.payloadsBoundSince();
    expect(since.getTime()).toBeGreaterThan(Date.now());
    expect(since.getTime()).toBeLessThan(Date.now() + dayMs);
  });

  it('is moved by no process of ours, and neither is when work was done', async () => {
    const { database } = opened.stores;
    const late = new Date(Date.now() + 365 * dayMs).toISOString();
    const tried = await Promise.allSettled([
      database.inDirectory((tx) => tx.updateTable('payload_binding').set({ since: late }).execute()),
      database.inDirectory((tx) => tx.deleteFrom('payload_binding').execute()),
      database.inDirectory((tx) =>
        tx.insertInto('payload_binding').values({ one: true, since: late }).execute(),
      ),
      database.inDirectory((tx) => tx.updateTable('upkeep').set({ done_at: late }).execute()),
      database.inDirectory((tx) => tx.deleteFrom('upkeep').execute()),
    ]);
    expect(tried.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    expect((await opened.stores.upkeep.payloadsBoundSince()).getTime()).toBeLessThan(Date.now() + dayMs);
  });
});
