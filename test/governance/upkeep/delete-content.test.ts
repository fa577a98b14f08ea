import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#domain/audit/audit.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createHeldPeople } from '#governance/person/held-people.ts';
import { createDeleteContent } from '#governance/upkeep/delete-content.ts';
import { newId } from '#platform/new-id.ts';
import { agedDays, agedHours } from '../../support/aged.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { asker, auditEntry, effect, newAction, newRequest } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const now = () => new Date();

/** The unit of each test; the others' requests are not looked at. */
let unit = '';
let count = 0;
beforeEach(() => {
  count += 1;
  unit = `unit-${count}`;
});

const keepFor = (days: number, hours = 8_784): Policy => ({
  id: `pol_${unit}`,
  version: 1,
  name: 'test',
  domain: 'data',
  scope: { level: 'enterprise', orgUnit: null, userId: null },
  status: 'active',
  rules: { retention_days: days, ephemeral_data_ttl_hours: hours },
  mayGrant: null,
  changeReason: 'test',
  createdBy: 'test',
  createdAt: now().toISOString(),
});

function deleting(changes: Partial<Parameters<typeof createDeleteContent>[0]> = {}) {
  const { stores } = opened;
  return createDeleteContent({
    contentRetention: { ...stores.contentRetention, units: async () => [unit] },
    heldPeople: createHeldPeople(stores),
    recordEvent: recordEventIn(stores, now),
    now,
    ...changes,
  });
}

const beat = () => {};

/** A request that ended so many days ago. */
async function endedRequest(days: number, userId = 'asker', effect: 'read' | 'write' = 'write') {
  const { requests } = opened.stores;
  const actor: Actor = { ...asker, userId, orgUnit: unit };
  const { request } = await requests.create(actor, newRequest({ text: `words of ${userId}` }));
  await requests.savePlan(actor, request.id, { planner: 'p', actions: [newAction({ effect })] });
  await requests.finishAction('acme', {
    requestId: request.id,
    n: 1,
    sending: 1,
    state: 'done',
    result: 'r',
  });
  await agedDays(opened, request.id, days);
  return request.id;
}

const textOf = (id: string) => opened.stores.requests.text('acme', id);

async function onRecord(): Promise<AuditEntry[]> {
  const entries = await entriesOf(opened.stores, 'acme', { userId: 'openclaw-retention' });
  return entries.filter(
    ({ event, metadata }) => event === 'content.deleted' && metadata['days'] === count * 10,
  );
}

describe('deleting contents by policy', () => {
  it('ends what is older than the enterprise keeps it, and is on record with counts and no id of a content', async () => {
    const days = count * 10;
    const [old, young] = [await endedRequest(days + 1), await endedRequest(days - 1)];
    expect(await deleting()('acme', [keepFor(days)], beat)).toEqual({ contents: 3, requests: 1 });
    expect([await textOf(old), await textOf(young)]).toEqual(['(erased)', 'words of asker']);
    const entries = await onRecord();
    expect(
      entries.map(({ outcome, metadata }) => [outcome, metadata['requests'], metadata['contents']]),
    ).toEqual([
      ['success', 1, 3],
      ['intended', 1, undefined],
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/cnt_|req_/);
    expect(await deleting()('acme', [keepFor(days)], beat)).toEqual({ contents: 0, requests: 0 });
    expect(await onRecord()).toHaveLength(2);
  });

  it('goes on batch by batch, beating, past those that have to stay', async () => {
    const days = count * 10;
    const { ledger } = opened.stores;
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await endedRequest(days + 1));
    const [claimed = ''] = ids.toSorted();
    await ledger.beginEffect('acme', effect({ requestId: claimed, runId: `${claimed}/1` }));
    let beats = 0;
    const gone = await deleting({ batch: 2 })('acme', [keepFor(days)], () => {
      beats += 1;
    });
    expect(gone).toEqual({ contents: 12, requests: 4 });
    expect(beats).toBeGreaterThanOrEqual(3);
    expect(await textOf(claimed)).toBe('words of asker');

    const entry = auditEntry({ requestId: claimed, outcome: 'success' });
    await ledger.finishEffect('acme', `${claimed}/1`, {
      entry,
      outcome: 'success',
      result: null,
      attempts: 1,
    });
    expect(await deleting()('acme', [keepFor(days)], beat)).toEqual({ contents: 3, requests: 1 });
  });

  it('leaves what a hold covers, until it is released', async () => {
    const days = count * 10;
    const { legalHolds } = opened.stores;
    const [held, free] = [await endedRequest(days + 1, 'held'), await endedRequest(days + 1, 'free')];
    const id = newId('hold');
    const hold = { id, userId: 'held', from: null, to: null, reason: 'case 7' };
    await legalHolds.place('acme', hold, auditEntry({ event: 'legal_hold.placed' }));
    expect(await deleting()('acme', [keepFor(days)], beat)).toMatchObject({ requests: 1 });
    expect([await textOf(held), await textOf(free)]).toEqual(['words of held', '(erased)']);
    await legalHolds.release('acme', id, auditEntry({ event: 'legal_hold.released' }));
    expect(await deleting()('acme', [keepFor(days)], beat)).toMatchObject({ requests: 1 });
    expect(await textOf(held)).toBe('(erased)');
  });

  it('leaves what a hold covers that was placed after the batch was chosen', async () => {
    const days = count * 10;
    const { legalHolds, ledger } = opened.stores;
    const id = await endedRequest(days + 1, 'held late');
    const hold = { id: newId('hold'), userId: 'held late', from: null, to: null, reason: 'case 8' };
    const record = recordEventIn({ ledger }, now);
    const gone = await deleting({
      recordEvent: async (actor, facts) => {
        await record(actor, facts);
        if (facts.outcome === 'intended')
          await legalHolds.place('acme', hold, auditEntry({ event: 'legal_hold.placed' }));
      },
    })('acme', [keepFor(days)], beat);
    expect(gone).toEqual({ contents: 0, requests: 0 });
    expect(await textOf(id)).toBe('words of held late');
    await legalHolds.release('acme', hold.id, auditEntry({ event: 'legal_hold.released' }));
  });

  it('deletes nothing that can not be put on record', async () => {
    const days = count * 10;
    const id = await endedRequest(days + 1);
    const recordEvent = () => Promise.reject(new Error('audit is away'));
    await expect(deleting({ recordEvent })('acme', [keepFor(days)], beat)).rejects.toThrow('audit is away');
    expect(await textOf(id)).toBe('words of asker');
  });

  it('is on record as intended when it broke off, and goes on at the next try', async () => {
    const days = count * 10;
    const id = await endedRequest(days + 1);
    const { contentRetention } = opened.stores;
    const deleteOf = () => Promise.reject(new Error('crash'));
    const crashing = deleting({ contentRetention: { ...contentRetention, deleteOf } });
    await expect(crashing('acme', [keepFor(days)], beat)).rejects.toThrow('crash');
    expect(await onRecord()).toMatchObject([{ outcome: 'intended', metadata: { requests: 1 } }]);
    expect(await deleting()('acme', [keepFor(days)], beat)).toMatchObject({ requests: 1 });
    expect(await textOf(id)).toBe('(erased)');
    expect((await onRecord()).map(({ outcome }) => outcome)).toEqual(['success', 'intended', 'intended']);
  });

  it('ends results of reads by their hours, with the request itself left', async () => {
    const id = await endedRequest(0, 'reader', 'read');
    const kept = await endedRequest(0, 'reader');
    await agedHours(opened, 7);
    const resultOf = async (request: string) => {
      const [action] = await opened.stores.requests.actionsOf('acme', request);
      return opened.stores.content.get('acme', action?.resultRef ?? '');
    };
    expect(await deleting()('acme', [keepFor(1, 8)], beat)).toEqual({ contents: 0, requests: 0 });
    expect(await deleting()('acme', [keepFor(1, 6)], beat)).toEqual({ contents: 1, requests: 0 });
    expect([await resultOf(id), await resultOf(kept), await textOf(id)]).toEqual([
      '(erased)',
      'r',
      'words of reader',
    ]);
  });

  it('ends reasons that nothing refers to by the enterprise’s own policy', async () => {
    const { content } = opened.stores;
    const ref = await content.save({
      tenantId: 'acme',
      ownerId: 'voter',
      purpose: 'decision_reason',
      classification: 'internal',
      value: 'of a refused vote',
    });
    await agedHours(opened, 50);
    const unitFor = (days: number): Policy => ({
      ...keepFor(days),
      scope: { level: 'org', orgUnit: unit, userId: null },
    });
    const after = async (policy: Policy) => {
      await deleting({ batch: 1 })('acme', [policy], beat);
      return content.get('acme', ref);
    };
    expect(await after(unitFor(2))).toBe('of a refused vote');
    expect(await after(keepFor(3))).toBe('of a refused vote');
    expect(await after(keepFor(2))).toBe('(erased)');
  });
});
