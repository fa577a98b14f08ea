import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { newId } from '#platform/new-id.ts';
import type { RequestStore } from '#stores/request/requests.ts';
import { asker, newAction, newRequest, plannedRequest, website } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let opened: TestStores;
let requests: RequestStore;

beforeAll(async () => {
  opened = await openTestStores();
  requests = opened.stores.requests;
});
afterAll(() => opened.close());

describe('create', () => {
  it('keeps the text sealed and gives it back', async () => {
    const { request, created } = await requests.create(asker, newRequest({ text: 'привет “7” 🎈' }));
    expect(created).toBe(true);
    expect(request).toMatchObject({ ...asker, state: 'received', startedAt: null, finishedAt: null });
    expect(await requests.text('acme', request.id)).toBe('привет “7” 🎈');
    expect(await requests.get('acme', request.id)).toEqual(request);
  });

  it('answers a repeated key with the stored request, also when both come at once', async () => {
    const first = newRequest();
    const again = { ...first, id: newId('request') };
    const answers = await Promise.all([requests.create(asker, first), requests.create(asker, again)]);
    expect(answers.map((answer) => answer.created).toSorted()).toEqual([false, true]);
    expect(answers[0]?.request.id).toBe(answers[1]?.request.id);
  });

  it('refuses a key with another body, and takes it from another person', async () => {
    const first = newRequest();
    await requests.create(asker, first);
    const other = { ...first, id: newId('request'), bodyDigest: 'e'.repeat(64) };
    await expect(requests.create(asker, other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await requests.create({ ...asker, userId: 'acme-lead' }, other)).toMatchObject({ created: true });
  });

  it.each([
    ['NUL', 'key\0'],
    ['a lone surrogate', 'key\udfff'],
  ])('refuses %s in a key', async (_, text) => {
    const request = newRequest({ idempotencyKey: text });
    await expect(requests.create(asker, request)).rejects.toMatchObject({ code: 'INVALID_TEXT' });
    expect(await requests.get('acme', request.id)).toBeUndefined();
  });
});

describe('list', () => {
  it('pages a person’s requests, newest first, by state', async () => {
    const actor = { ...asker, userId: 'lister' };
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { request } = await requests.create(actor, newRequest({ id: `req_list${n}` }));
      made.unshift(request.id);
    }
    const ids = async (filter: object) =>
      (await requests.list('acme', { userId: 'lister', limit: 10, ...filter })).map((request) => request.id);
    expect(await ids({})).toEqual(made);
    expect(await ids({ limit: 2 })).toEqual(made.slice(0, 2));
    expect(await ids({ before: made[0] })).toEqual(made.slice(1));
    await requests.markStarted('acme', made[1] ?? '');
    expect(await ids({ state: 'running' })).toEqual([made[1]]);
    expect(await requests.list('globex', { userId: 'lister', limit: 10 })).toEqual([]);
  });
});

describe('starting', () => {
  it('lists what nobody started, until it is started or withdrawn', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(async () => (await requests.create(asker, newRequest())).request.id),
    );
    const [first = '', second = '', third = ''] = made;
    const waiting = async () =>
      (await requests.unstarted('acme', { olderThanMs: -1000, limit: 1000 })).map((request) => request.id);
    expect(await waiting()).toEqual(expect.arrayContaining(made));
    expect(await requests.unstarted('acme', { olderThanMs: 3_600_000, limit: 10 })).toEqual([]);
    expect(await requests.markStarted('acme', first)).toMatchObject({ state: 'running' });
    expect(await requests.withdrawUnstarted('acme', second, 'acme-lead')).toBe(false);
    expect(await requests.withdrawUnstarted('acme', second, 'acme-user')).toBe(true);
    expect(await requests.withdrawUnstarted('acme', first, 'acme-user')).toBe(false);
    const left = await waiting();
    expect(left).toContain(third);
    expect(left).not.toContain(first);
    expect(left).not.toContain(second);
  });

  it('leaves a final request as it is', async () => {
    const { request } = await requests.create(asker, newRequest());
    await requests.withdrawUnstarted('acme', request.id, asker.userId);
    expect(await requests.markStarted('acme', request.id)).toMatchObject({ state: 'withdrawn' });
    await expect(requests.markStarted('acme', 'req_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('savePlan', () => {
  it('keeps the first plan whatever comes after', async () => {
    const { request } = await requests.create(asker, newRequest());
    const plan = {
      planner: 'built-in rules',
      actions: [newAction(), newAction({ target: 'acme/website#8' })],
    };
    const planned = await requests.savePlan(asker, request.id, plan);
    expect(planned.map((action) => action.n)).toEqual([1, 2]);
    expect(planned[0]).toMatchObject({
      target: 'acme/website#7',
      inputDigest: sha256Hex(canonicalJson(newAction().input)),
      origin: 'user',
    });
    const other = { planner: 'another', actions: [newAction()] };
    expect(await requests.savePlan(asker, request.id, other)).toEqual(planned);
    expect(await requests.get('acme', request.id)).toMatchObject({ planner: 'built-in rules' });
    const byId = await requests.actionsOfAll('acme', [request.id, 'req_none']);
    expect(byId.get(request.id)).toEqual(await requests.actionsOf('acme', request.id));
    expect(byId.get('req_none')).toEqual([]);
  });

  it('plans nothing for a request that was withdrawn', async () => {
    const { request } = await requests.create(asker, newRequest());
    await requests.withdrawUnstarted('acme', request.id, asker.userId);
    const plan = { planner: 'built-in rules', actions: [newAction()] };
    await expect(requests.savePlan(asker, request.id, plan)).rejects.toMatchObject({
      code: 'REQUEST_NOT_PENDING',
    });
  });

  it('refuses an input that has no canonical form', async () => {
    const { request } = await requests.create(asker, newRequest());
    const plan = { planner: 'built-in rules', actions: [newAction({ input: { body: '\ud800' } })] };
    await expect(requests.savePlan(asker, request.id, plan)).rejects.toMatchObject({ code: 'INVALID_TEXT' });
  });
});

describe('saveNotUnderstood', () => {
  it('answers the request, once', async () => {
    const { request } = await requests.create(asker, newRequest());
    const plan = { planner: 'built-in rules', answer: 'Which repository?', suggestions: ['list …'] };
    await requests.saveNotUnderstood(asker, request.id, plan);
    await requests.saveNotUnderstood(asker, request.id, { ...plan, answer: 'other' });
    const stored = await requests.get('acme', request.id);
    expect(stored).toMatchObject({ state: 'answered', planner: 'built-in rules' });
    expect(await opened.stores.content.get('acme', stored?.answerRef ?? '')).toEqual({
      answer: 'Which repository?',
      suggestions: ['list …'],
    });
  });
});

describe('beginAction and finishAction', () => {
  it('hands out the input and sets the request running', async () => {
    const id = await plannedRequest(requests);
    const begun = await requests.beginAction('acme', id, 1, website);
    expect(begun).toMatchObject({
      status: 'begun',
      input: newAction().input,
      request: { state: 'running', startedAt: expect.any(String) },
      action: { n: 1, sending: 1, state: 'planned', effect: 'write', connector: 'github' },
    });
    expect(await requests.beginAction('acme', id, 1, website)).toMatchObject({ status: 'begun' });
    await expect(requests.beginAction('acme', id, 2, website)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('computes the state of the request from all its actions', async () => {
    const id = await plannedRequest(requests, [newAction(), newAction()]);
    await requests.beginAction('acme', id, 1, website);
    const first = await requests.finishAction('acme', { requestId: id, n: 1, state: 'done', result: [1] });
    expect(first.request).toMatchObject({ state: 'running', finishedAt: null });
    const second = await requests.finishAction('acme', {
      requestId: id,
      n: 2,
      state: 'failed',
      errorCode: 'target_not_found',
      classification: 'confidential',
      verdict: 'allow',
      reason: 'because',
      policyApplied: 'pol_1@1',
    });
    expect(second.request).toMatchObject({ state: 'failed', finishedAt: expect.any(String) });
    expect(second.action).toMatchObject({
      errorCode: 'target_not_found',
      classification: 'confidential',
      verdict: 'allow',
      reason: 'because',
      policyApplied: 'pol_1@1',
    });
    expect(await opened.stores.content.get('acme', first.action.resultRef ?? '')).toEqual([1]);
  });

  it('never changes a final state, and answers a late attempt with what is on record', async () => {
    const id = await plannedRequest(requests);
    const finished = await requests.finishAction('acme', {
      requestId: id,
      n: 1,
      state: 'done',
      result: 'ok',
    });
    const late = await requests.finishAction('acme', { requestId: id, n: 1, state: 'failed', result: 'no' });
    expect(late).toEqual(finished);
    expect(await requests.beginAction('acme', id, 1, website)).toMatchObject({
      status: 'finished',
      request: { state: 'answered' },
      action: { state: 'done' },
    });
  });

  it('begins nothing of a request that has ended', async () => {
    const id = await plannedRequest(requests);
    expect(await requests.withdrawUnstarted('acme', id, asker.userId)).toBe(true);
    await expect(requests.beginAction('acme', id, 1, website)).rejects.toMatchObject({
      code: 'REQUEST_NOT_PENDING',
    });
  });

  it('records what an action came to, and leaves a withdrawn request withdrawn', async () => {
    const id = await plannedRequest(requests);
    await requests.withdrawUnstarted('acme', id, asker.userId);
    const withdrawn = await requests.get('acme', id);
    const late = await requests.finishAction('acme', { requestId: id, n: 1, state: 'done' });
    expect(late).toMatchObject({ request: withdrawn, action: { state: 'done' } });
    expect(await requests.get('acme', id)).toEqual(withdrawn);
  });

  it('ends several actions at once without losing one', async () => {
    const id = await plannedRequest(requests, [newAction(), newAction(), newAction()]);
    await Promise.all(
      [1, 2, 3].map((n) => requests.finishAction('acme', { requestId: id, n, state: 'done' })),
    );
    expect(await requests.get('acme', id)).toMatchObject({ state: 'answered' });
  });

  it('sends again under a new number after an unknown outcome', async () => {
    const id = await plannedRequest(requests);
    await requests.finishAction('acme', { requestId: id, n: 1, state: 'outcome_unknown' });
    expect(await requests.get('acme', id)).toMatchObject({ state: 'outcome_unknown', finishedAt: null });
    await requests.finishAction('acme', { requestId: id, n: 1, state: 'planned', sending: 2 });
    expect(await requests.beginAction('acme', id, 1, website)).toMatchObject({
      status: 'begun',
      action: { sending: 2 },
      request: { state: 'running' },
    });
    await requests.finishAction('acme', { requestId: id, n: 1, state: 'failed', sending: 1 });
    expect(await requests.actionsOf('acme', id)).toMatchObject([{ state: 'planned', sending: 2 }]);
  });
});

describe('tenants', () => {
  it('see nothing of each other', async () => {
    const id = await plannedRequest(requests);
    expect(await requests.get('globex', id)).toBeUndefined();
    expect(await requests.actionsOf('globex', id)).toEqual([]);
    await expect(requests.text('globex', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(requests.beginAction('globex', id, 1, website)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await requests.withdrawUnstarted('globex', id, asker.userId)).toBe(false);
  });

  it.each(['initech', 'ACME', 'acme"; DROP SCHEMA tenant_acme; --', ''])(
    'refuses the unknown %j',
    async (id) => {
      await expect(requests.get(id, 'req_1')).rejects.toMatchObject({ code: 'TENANT_UNKNOWN' });
    },
  );
});
