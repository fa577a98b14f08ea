import { afterAll, beforeAll, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

/** What goes with its request. */
const ofRequests = [
  'approval_votes.reason_ref',
  'approvals.decision_reason_ref',
  'approvals.preview_ref',
  'request_actions.input_ref',
  'request_actions.result_ref',
  'requests.answer_ref',
  'requests.text_ref',
];

/** Reasons that retention leaves. */
const kept = ['classification_overrides.reason_ref', 'erasures.reason_ref'];

it('every column that refers to a content is known to retention: a new one has to end with its request, or is kept', async () => {
  const { rows } = await withAdmin(opened.databases.adminUrl, (client) =>
    client.query<{ reference: string }>(
      `SELECT t.relname || '.' || a.attname AS reference
       FROM pg_constraint c
       JOIN pg_class t ON t.oid = c.conrelid
       JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
       WHERE c.contype = 'f' AND c.confrelid = 'tenant_acme.content'::regclass`,
    ),
  );
  expect(rows.map(({ reference }) => reference).toSorted()).toEqual([...ofRequests, ...kept].toSorted());
});

it.each(['contents_of', 'requests_of'])(
  '%s looks through every column that goes with its request',
  async (name) => {
    const { rows } = await withAdmin(opened.databases.adminUrl, (client) =>
      client.query<{ body: string }>(
        `SELECT prosrc AS body FROM pg_proc WHERE proname = $1 AND pronamespace = 'tenant_acme'::regnamespace`,
        [name],
      ),
    );
    const words = rows.flatMap(({ body }) => body.match(/\w+/g) ?? []);
    expect(words).toEqual(expect.arrayContaining(ofRequests.flatMap((column) => column.split('.'))));
  },
);
