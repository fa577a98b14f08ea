import { randomBytes } from 'node:crypto';
import { Connection, ScheduleClient, type ScheduleUpdateOptions } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type UpkeepKind, upkeep, upkeepKinds } from '#domain/upkeep/upkeep.ts';
import { checkUpkeep } from '#gateway/status/check-upkeep.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createLogger } from '#platform/logger.ts';
import { createDataConverter } from '#platform/temporal/data-converter.ts';
import { ensureSchedules } from '#workers/ensure-schedules.ts';
import { lookAfterSchedules } from '#workers/look-after-schedules.ts';
import { eventually } from '../support/eventually.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';

/** Nobody serves it: what the Schedules start stays as it was started. */
const taskQueue = `schedules-${randomBytes(6).toString('hex')}`;
const ids = upkeepKinds.map((kind) => `${taskQueue}:${kind}`);
const envelope = freshEnvelope();
let connection: Connection;
let somebody: ScheduleClient;
let opened: TestStores;

beforeAll(async () => {
  [connection, opened] = await Promise.all([
    Connection.connect({ address: inject('temporalAddress') }),
    openTestStores(),
  ]);
  // With our keys even: what they can change without is less.
  const dataConverter = createDataConverter(envelope, { namespace: 'default' });
  somebody = new ScheduleClient({ connection, namespace: 'default', dataConverter });
});
afterAll(async () => {
  for (const id of ids)
    await somebody
      ?.getHandle(id)
      .delete()
      .catch(() => undefined);
  await opened?.close();
  await connection?.close();
});

const ensure = () => ensureSchedules({ connection, namespace: 'default', taskQueue, envelope });
const first = ids[0] ?? '';

async function shown(id: string) {
  const { spec, action, policies, state } = await somebody.getHandle(id).describe();
  return { spec, type: action.workflowType, id: action.workflowId, queue: action.taskQueue, policies, state };
}

type Change = (was: ScheduleUpdateOptions) => ScheduleUpdateOptions;

/** What somebody at Temporal's port makes of a Schedule. */
const changes: Readonly<Record<string, Change | 'delete' | 'pause'>> = {
  'is deleted': 'delete',
  'is paused': 'pause',
  'runs once in a hundred days': (was) => ({ ...was, spec: { intervals: [{ every: '100 days' }] } }),
  'runs at another time as well': (was) => ({
    ...was,
    spec: { ...was.spec, calendars: [{ year: 2099 }] },
  }),
  'is over': (was) => ({ ...was, spec: { ...was.spec, endAt: new Date(0) } }),
  'leaves out every time': (was) => ({ ...was, spec: { ...was.spec, skip: [{ hour: '*' }] } }),
  'runs late': (was) => ({ ...was, spec: { ...was.spec, jitter: '1 hour' } }),
  'has no runs left': (was) => ({ ...was, state: { ...was.state, remainingActions: 0 } }),
  'runs beside itself': (was) => ({ ...was, policies: { ...was.policies, overlap: 'ALLOW_ALL' } }),
  'stops at the first failure': (was) => ({ ...was, policies: { ...was.policies, pauseOnFailure: true } }),
  'starts another workflow': (was) => ({ ...was, action: { ...was.action, workflowType: 'nothing' } }),
  'starts it under another id': (was) => ({ ...was, action: { ...was.action, workflowId: 'mine' } }),
  'starts it where nobody serves it': (was) => ({ ...was, action: { ...was.action, taskQueue: 'nowhere' } }),
  'starts it with something else': (was) => ({ ...was, action: { ...was.action, args: ['else'] } }),
  'has it end at once': (was) => ({ ...was, action: { ...was.action, workflowRunTimeout: '1 ms' } }),
};

async function change(id: string, how: Change | 'delete' | 'pause'): Promise<void> {
  const handle = somebody.getHandle(id);
  if (how === 'delete') await handle.delete();
  else if (how === 'pause') await handle.pause();
  else await handle.update((was) => how(was));
}

describe('a Schedule that somebody at the Temporal port has changed', () => {
  it.each(Object.entries(changes))('%s: is as it should be again at the next look', async (_what, how) => {
    await ensure();
    const before = await shown(first);
    expect((await ensure()).get(first)).toBe('as it should be');
    await change(first, how);
    expect((await ensure()).get(first)).toBe(how === 'delete' ? 'made' : 'mended');
    expect(await shown(first)).toEqual(before);
    expect((await ensure()).get(first)).toBe('as it should be');
  });

  it('all four, deleted while the worker runs, are back at the next look', async () => {
    const looking = lookAfterSchedules({
      connection,
      namespace: 'default',
      taskQueue,
      envelope,
      upkeep: opened.stores.upkeep,
      logger: createLogger({ level: 'silent', name: 'test' }),
      everyMs: 100,
    });
    looking.start();
    try {
      await looking.turnNow();
      for (const id of ids) await somebody.getHandle(id).delete();
      await eventually(
        () => Promise.all(ids.map((id) => shown(id).catch(() => undefined))),
        (all) => all.every((one) => one !== undefined),
      );
      const expected = await opened.stores.upkeep.ages();
      expect(expected.map(({ kind }) => kind).toSorted()).toEqual(upkeepKinds.toSorted());
    } finally {
      await looking.stop();
    }
  });
});

describe('whoever deletes them again and again', () => {
  const look = () =>
    checkUpkeep(opened.stores.upkeep)().then(
      () => '',
      (error: Error) => error.message,
    );
  /** As if that work had been expected, or done, so long ago. */
  async function aged(kind: UpkeepKind, column: 'since' | 'done_at', ms: number): Promise<void> {
    await withAdmin(opened.databases.adminUrl, async (client) => {
      await client.query(
        `UPDATE openclaw.upkeep SET ${column} = clock_timestamp() - $1 * interval '1 ms' WHERE kind = $2`,
        [ms, kind],
      );
    });
  }

  it.each(upkeepKinds)('has the status say that it is overdue, until it is done: %s', async (kind) => {
    const { want, done } = opened.stores.upkeep;
    const { overdueMs, words } = upkeep[kind];
    await want(upkeepKinds);
    expect(await look()).toBe('');
    await aged(kind, 'since', overdueMs + 60_000);
    expect(await look()).toContain(`${words} is overdue: never done`);
    await want(upkeepKinds);
    expect(await look()).not.toBe('');
    await done(kind);
    expect(await look()).toBe('');
    await aged(kind, 'done_at', overdueMs - 60_000);
    expect(await look()).toBe('');
    await aged(kind, 'done_at', overdueMs + 60_000);
    expect(await look()).toContain(`${words} is overdue: last done`);
    await done(kind);
    expect(await look()).toBe('');
  });
});
