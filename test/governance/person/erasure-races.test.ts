import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordVote } from '#stores/approval/votes.ts';
import { admin, erasureScene } from '../../support/erasure-scene.ts';
import { eventually } from '../../support/eventually.ts';
import { plannedRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { waitingForLocks } from '../../support/waiting-for-locks.ts';

let opened: TestStores;
let scene: ReturnType<typeof erasureScene>;

beforeAll(async () => {
  opened = await openTestStores();
  scene = erasureScene(opened);
});
afterAll(() => opened.close());

describe('an erasure', () => {
  it('waits for a vote that came in after it looked, and leaves nothing of it in the end', async () => {
    const { requests, approvals, erasures } = opened.stores;
    await scene.person('person-late');
    const requestId = await plannedRequest(requests);
    const { id: approvalId, vote } = await scene.votingOn(requestId, 'person-late');
    const id = await scene.begin('person-late');
    let looks = 0;
    const openRequests: typeof erasures.openRequests = async (...whose) => {
      const open = await erasures.openRequests(...whose);
      looks += 1;
      if (looks === 1) await approvals.recordVote('acme', vote);
      return open;
    };
    const racing = scene.eraseWith({ erasures: { ...erasures, openRequests } });
    expect(await racing(admin, id)).toEqual({ state: 'waiting', openRequests: [requestId] });
    expect(await scene.allThatIsStored()).toContain('secret words of person-late');
    await approvals.close('acme', approvalId, {
      state: 'approved',
      decidedBy: 'person-late',
      reasonRef: null,
    });
    expect(await scene.erase(admin, id)).toMatchObject({ state: 'done', result: { rows: { votes: 1 } } });
    expect(await scene.allThatIsStored()).not.toContain('person-late');
  });

  it('waits for a vote that is being written, and sees it', async () => {
    const { requests, database, erasures } = opened.stores;
    await scene.person('person-writing');
    const requestId = await plannedRequest(requests);
    const { vote } = await scene.votingOn(requestId, 'person-writing');
    const alias = 'erased:sub_00000000000000000000000000';
    const erasing = await database.inTenant('acme', async (tx) => {
      await recordVote(tx, vote);
      const started = erasures.eraseRows('acme', 'person-writing', alias, []);
      await eventually(
        () => waitingForLocks(opened.databases.adminUrl),
        (waiting) => waiting === 1,
      );
      return { started };
    });
    expect(await erasing.started).toBeUndefined();
    expect(await erasures.openRequests('acme', 'person-writing')).toEqual([requestId]);
  });

  it('lets no vote in afterwards', async () => {
    const { requests, approvals } = opened.stores;
    await scene.person('person-after');
    const { id: approvalId, vote } = await scene.votingOn(await plannedRequest(requests), 'person-after');
    expect(await scene.erase(admin, await scene.begin('person-after'))).toMatchObject({ state: 'done' });
    await expect(approvals.recordVote('acme', vote)).rejects.toMatchObject({ code: 'APPROVAL_NOT_ALLOWED' });
    expect(await approvals.votes('acme', approvalId)).toEqual([]);
    expect(await scene.allThatIsStored()).not.toContain('person-after');
  });

  it('takes along what came in while it was under way', async () => {
    const { content, retention } = opened.stores;
    await scene.person('person-busy');
    const entriesOf: typeof retention.entriesOf = async (...whose) => {
      await content.save({
        tenantId: 'acme',
        ownerId: 'person-busy',
        purpose: 'decision_reason',
        classification: 'internal',
        value: 'late words',
      });
      return retention.entriesOf(...whose);
    };
    const racing = scene.eraseWith({ retention: { ...retention, entriesOf } });
    expect(await racing(admin, await scene.begin('person-busy'))).toMatchObject({
      result: { rows: { contents: 4 } },
    });
    const left = await scene.allThatIsStored();
    expect(left).not.toContain('late words');
    expect(left).not.toContain('person-busy');
  });
});
