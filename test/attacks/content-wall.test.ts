import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/new-id.ts';
import { asker, lead } from '../support/cast.ts';
import { newRequest, plannedRequest } from '../support/examples.ts';
import { openTestStores, type TestStores } from '../support/open-test-stores.ts';
import { loginAsTenant } from '../support/tenant-login.ts';

let test: TestStores;
let login: pg.Client;

beforeAll(async () => {
  test = await openTestStores();
  login = await loginAsTenant(test.databases.databaseUrl, 'acme');
});
afterAll(async () => {
  await login?.end();
  await test?.close();
});

/** A request that ended a year ago, says the row, over whatever content is named. */
async function forgedOld(contentId: string): Promise<string> {
  const id = newId('request');
  await login.query(
    `INSERT INTO requests (id, user_id, role, org_unit, idempotency_key, body_digest, text_ref, state, created_at,
       finished_at)
     VALUES ($1, 'forger', 'user', 'nowhere', $1, '', $2, 'answered', now() - interval '1 year', now() - interval '1 year')`,
    [id, contentId],
  );
  return id;
}

const deleteOf = async (id: string) => {
  const { rows } = await login.query<{ deleted: { contents: number } }>(
    `SELECT delete_content(ARRAY[$1], now() - interval '2 days', '[]') AS deleted`,
    [id],
  );
  return rows[0]?.deleted.contents;
};

describe('somebody with the runtime login of the database', () => {
  it('cannot delete a text of this minute by an old request that names it', async () => {
    const { requests } = test.stores;
    const { request } = await requests.create(lead, newRequest({ text: 'evidence of this minute' }));
    const { rows } = await login.query<{ text_ref: string }>('SELECT text_ref FROM requests WHERE id = $1', [
      request.id,
    ]);
    expect(await deleteOf(await forgedOld(rows[0]?.text_ref ?? ''))).toBe(0);
    expect(await requests.text('acme', request.id)).toBe('evidence of this minute');
  });

  it('cannot delete the contents of a request of this minute by saying that it ended long ago', async () => {
    const { requests } = test.stores;
    const id = await plannedRequest(requests, undefined, asker);
    await login.query(
      `UPDATE requests SET state = 'failed', finished_at = now() - interval '1 year' WHERE id = $1`,
      [id],
    );
    expect(await deleteOf(id)).toBe(0);
    expect(await requests.text('acme', id)).toBe('list the open issues');
  });
});
