import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Classification } from '#domain/classification/classification.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { ask, decide, openQuestion } from '../support/ask.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker();
  await signIn(worker.stores, asker, lead, admin);
});
afterAll(() => worker?.close());

const card = '4111 1111 1111 1111';

/** Labels of every content row of one request, by purpose. */
async function contentLabels(requestId: string): Promise<Record<string, Classification>> {
  const { rows } = await withAdmin(worker.databases.adminUrl, (client) =>
    client.query<{ purpose: string; classification: Classification }>(
      `SELECT c.purpose, c.classification FROM tenant_acme.content c WHERE c.id IN (
         SELECT text_ref FROM tenant_acme.requests WHERE id = $1
         UNION SELECT input_ref FROM tenant_acme.request_actions WHERE request_id = $1
         UNION SELECT result_ref FROM tenant_acme.request_actions WHERE request_id = $1
         UNION SELECT preview_ref FROM tenant_acme.approvals WHERE request_id = $1)`,
      [requestId],
    ),
  );
  return Object.fromEntries(rows.map(({ purpose, classification }) => [purpose, classification]));
}

const entries = (requestId: string) => entriesOf(worker.stores, 'acme', { requestId });

describe('a card number in what a person asks for', () => {
  it('makes everything that holds it restricted: text, input, preview, decision, result and record', async () => {
    const { requestId, handle } = await ask(worker, `comment on acme/website#7: pay with ${card}`);
    await openQuestion(worker, requestId);
    expect(await contentLabels(requestId)).toEqual({
      request_text: 'restricted',
      action_input: 'restricted',
      approval_preview: 'restricted',
    });
    await decide(worker, requestId, lead, 'approve');
    expect(await handle.result()).toEqual({ state: 'answered' });
    expect(await contentLabels(requestId)).toMatchObject({ action_result: 'restricted' });
    const [action] = await worker.stores.requests.actionsOf('acme', requestId);
    expect(action?.classification).toBe('restricted');
    const labels = (await entries(requestId)).flatMap(({ event, dataClassification }) =>
      event === 'github.issue_commented' ? [dataClassification] : [],
    );
    expect(labels).toEqual(['restricted', 'restricted', 'restricted']);
  });

  it('and nothing without it is raised', async () => {
    const { requestId } = await ask(worker, 'comment on acme/website#7: order 4111 1111 1111 1112 is here');
    expect(new Set(Object.values(await contentLabels(requestId)))).toEqual(new Set(['internal']));
  });
});

describe('what an administrator says of an item', () => {
  it('holds for the next decision about it, and for what is made of it', async () => {
    const item = {
      itemId: 'github:acme/website#7',
      orgUnit: '',
      previous: 'internal',
      by: admin.userId,
    } as const;
    const say = (classification: Classification) =>
      worker.stores.classifications.override(
        'acme',
        { ...item, classification, reason: 'x' },
        async () => {},
      );
    await say('confidential');
    const { requestId, handle } = await ask(worker, 'comment on acme/website#7: Fixed in 2.1');
    expect(await contentLabels(requestId)).toMatchObject({ approval_preview: 'confidential' });
    await decide(worker, requestId, lead, 'approve');
    await handle.result();
    expect(await contentLabels(requestId)).toMatchObject({ action_result: 'confidential' });
    expect((await entries(requestId))[0]?.dataAccessed).toMatchObject([{ classification: 'confidential' }]);
    await say('public');
    const next = await ask(worker, 'comment on acme/website#7: Fixed in 2.2');
    expect(await contentLabels(next.requestId)).toMatchObject({ approval_preview: 'public' });
  });
});
