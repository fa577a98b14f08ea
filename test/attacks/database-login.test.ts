import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/new-id.ts';
import { asker, lead } from '../support/cast.ts';
import { newRequest, plannedRequest, website } from '../support/examples.ts';
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

/** A request row in another person's name, over the text of one that is there. */
async function forgedFrom(requestId: string, userId: string): Promise<string> {
  const id = newId('request');
  await login.query(
    `INSERT INTO requests (id, user_id, role, org_unit, idempotency_key, body_digest, text_ref, state)
     SELECT $1, $2, role, org_unit, $1, body_digest, text_ref, 'received' FROM requests WHERE id = $3`,
    [id, userId, requestId],
  );
  return id;
}

describe('somebody with the runtime login of the database', () => {
  it("cannot put a person's words into another's mouth, to approve them then", async () => {
    const { requests } = test.stores;
    const { request } = await requests.create(lead, newRequest({ text: 'comment on acme/website#7: mine' }));
    const forged = await forgedFrom(request.id, asker.userId);
    await expect(requests.text('acme', forged)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await requests.text('acme', request.id)).toBe('comment on acme/website#7: mine');
  });

  it('cannot give a planned action to another either', async () => {
    const { requests } = test.stores;
    const planned = await plannedRequest(requests);
    const forged = await forgedFrom(planned, lead.userId);
    await login.query(
      `INSERT INTO request_actions (request_id, n, action, connector, effect, target, input_ref, input_digest, origin,
         state, classification)
       SELECT $1, n, action, connector, effect, target, input_ref, input_digest, origin, 'planned', classification
       FROM request_actions WHERE request_id = $2`,
      [forged, planned],
    );
    await expect(requests.beginAction('acme', forged, 1, website)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await requests.beginAction('acme', planned, 1, website)).toMatchObject({ status: 'begun' });
  });
});
