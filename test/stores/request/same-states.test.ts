import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalState, approvalStates } from '#domain/approval/approval.ts';
import { actionStates, isFinal, requestStates } from '#domain/request/request.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newApproval, plannedRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let requestId: string;

beforeAll(async () => {
  opened = await openTestStores();
  requestId = await plannedRequest(opened.stores.requests);
  await opened.stores.approvals.open('acme', newApproval(requestId));
});
afterAll(() => opened?.close());

interface States {
  request: string;
  action: string;
  approval: ApprovalState;
}

/** What `content_may_go` of the database says of a request of which everything else has ended. */
async function mayGo({ request = 'answered', action = 'done', approval = 'consumed' }: Partial<States>) {
  return withAdmin(opened.databases.adminUrl, async (client) => {
    await client.query('UPDATE tenant_acme.requests SET state = $1, finished_at = now()', [request]);
    await client.query('UPDATE tenant_acme.request_actions SET state = $1', [action]);
    await client.query('UPDATE tenant_acme.approvals SET state = $1', [approval]);
    const { rows } = await client.query<{ free: boolean }>(
      `SELECT tenant_acme.content_may_go(r, '[]') AS free FROM tenant_acme.requests r WHERE id = $1`,
      [requestId],
    );
    return rows[0]?.free;
  });
}

// The database lists states by itself before it deletes anything; a new state has to be told it.
describe('states after which the content of a request may go', () => {
  it.each(requestStates)('are for the database as for isFinal: %s', async (request) => {
    expect(await mayGo({ request })).toBe(isFinal(request));
  });

  it.each(actionStates)('of an action are all but those that somebody waits in: %s', async (action) => {
    expect(await mayGo({ action })).toBe(!['waiting_approval', 'outcome_unknown'].includes(action));
  });

  it.each(approvalStates)('of an approval are all but pending: %s', async (approval) => {
    expect(await mayGo({ approval })).toBe(approval !== 'pending');
  });
});
