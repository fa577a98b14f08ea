import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditPage } from '#domain/audit/audit.schema.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';
import type { ErasureView } from '#domain/person/user-data.schema.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { contentsOfRedis } from '../support/contents-of-redis.ts';
import { needing } from '../support/needing.ts';
import { approve, askForComment, ended, eventually, type People, signInPeople } from '../support/people.ts';
import { rawHistories } from '../support/raw-histories.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const words = 'marmalade and velvet';
const personal = [words, 'Uma User', 'user@acme.test'];

let stack: TestStack;
let people: People;
let requestId: string;

beforeAll(async () => {
  stack = await startStack();
  people = await signInPeople(stack);
  const asked = await askForComment(people, words);
  ({ requestId } = asked);
  await approve(people, asked.approval);
  await ended(people.user, requestId);
});
afterAll(() => stack?.close());

const erase = () =>
  people.admin.post<ErasureView>('/user-data/acme-user/erase', { reason: 'they asked for it' });

/** Every row of both databases, as text. */
async function everyRow(): Promise<string> {
  const { databaseAdminUrl, auditDatabaseAdminUrl } = stack.postgres.databases;
  const texts: string[] = [];
  for (const url of [databaseAdminUrl, auditDatabaseAdminUrl]) {
    await withAdmin(url, async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname <> 'tenant_globex'`,
      );
      for (const { name } of tables) {
        const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
        texts.push(...rows.map(({ row }) => row));
      }
    });
  }
  return texts.join('\n');
}

needing('redis')('a person’s name and words', () => {
  it('stand in no history, no key or value of Redis and no log', async () => {
    const { histories, text } = await rawHistories({
      address: stack.temporal.address,
      isOurs: (id) => tenantOfWorkflowId(id) === 'acme',
      taskQueue: stack.taskQueue,
    });
    expect(histories).toBeGreaterThan(1);
    const redis = await contentsOfRedis(stack.redisUrl);
    const logs = ['gateway', 'worker'].map((name) => stack.log(name)).join('\n');
    expect(logs.length).toBeGreaterThan(100);
    for (const one of personal) {
      expect(text).not.toContain(one);
      expect(redis).not.toContain(one);
      expect(logs).not.toContain(one);
    }
  });
});

describe('erasing a person', () => {
  it('goes on where it was when its worker is killed, and leaves nothing that names them', async () => {
    await stack.worker.kill9();
    const asked = await erase();
    expect(asked).toMatchObject({ status: 202, body: { state: 'waiting', open_requests: [] } });
    await stack.worker.start();
    const look = () => people.admin.get<ErasureView>(`/erasures/${asked.body.id}`);
    const done = await eventually(look, ({ body }) => body.state === 'done', 60_000);
    expect(done.body).toMatchObject({ state: 'done', held_back: [], open_requests: [] });
    expect(done.body.user_id).toBe(`erased:${done.body.subject}`);
    expect(done.body.erased).toMatchObject({ requests: 1, approvals: 1 });
    expect(await erase()).toMatchObject({ status: 200, body: { subject: null, erased: { requests: 0 } } });

    const rows = await everyRow();
    expect(rows).toContain(requestId);
    for (const one of [...personal, 'acme-user']) expect(rows).not.toContain(one);
    const { body: page } = await people.admin.get<AuditPage>(`/audit?request_id=${requestId}&limit=50`);
    const theirs = page.entries.filter(({ user_id }) => user_id.startsWith('erased:sub_'));
    expect(theirs.length).toBeGreaterThan(2);
    expect(new Set(theirs.map((entry) => entry.action_detail))).toEqual(new Set(['(erased)']));
    expect(page.entries.some(({ user_id }) => user_id === 'acme-lead')).toBe(true);
  });
});
