import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalView } from '#domain/approval/approval.schema.ts';
import type { AuditPage } from '#domain/audit/audit.schema.ts';
import { isErrorCode } from '#domain/error.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { createApi } from '#sandbox/demo/api.ts';
import { brokenBodies } from '../support/broken-bodies.ts';
import { eventually } from '../support/eventually.ts';
import { naughtyTexts } from '../support/naughty-texts.ts';
import { type OwnProvider, startOwnProvider } from '../support/own-provider.ts';
import { approve, askForComment, ended, outcomesOf, type People } from '../support/people.ts';
import { createRawCaller, type RawCall, type RawCaller } from '../support/raw-call.ts';
import { startStack, type TestStack } from '../support/stack.ts';

describe('bad input, against everything real', () => {
  let stack: TestStack;
  let provider: OwnProvider;
  let people: People;
  let token: string;
  let caller: RawCaller;
  /** What of acme exists when the bad calls begin. */
  let theirs: { requestId: string; approval: ApprovalView; auditId: string };
  let outsider: string;

  const send = (call: RawCall) => caller.call(call);

  const requestIds = async () => {
    const { body } = await people.user.get<{ requests: { id: string }[] }>('/requests?limit=100');
    return body.requests.map(({ id }) => id);
  };

  beforeAll(async () => {
    provider = await startOwnProvider();
    stack = await startStack({ env: { OIDC_ISSUER: provider.url } });
    const [user, lead, admin, globex] = await Promise.all(
      ['user@acme.test', 'lead@acme.test', 'admin@acme.test', 'lead@globex.test'].map(provider.token),
    );
    const apiOf = (as = '') => createApi({ url: stack.api, token: as });
    people = { user: apiOf(user), lead: apiOf(lead), admin: apiOf(admin) };
    token = user ?? '';
    caller = createRawCaller({ url: stack.api, token });
    outsider = globex ?? '';
    const asked = await askForComment(people, 'waits the whole time');
    const { body } = await people.user.get<AuditPage>(`/audit?request_id=${asked.requestId}`);
    theirs = { ...asked, auditId: body.entries[0]?.id ?? '' };
  });
  afterAll(async () => {
    await stack?.close();
    await provider?.close();
  });

  describe('that is refused', () => {
    let before: { ids: string[]; ledger: number };

    beforeAll(async () => {
      before = { ids: await requestIds(), ledger: (await stack.github.admin.ledger()).length };
    });
    const body = JSON.stringify({ text: 'list the open issues of acme/website' });

    it.each(brokenBodies)('%s', async (_, broken, status, error) => {
      const answer = await send({ body: broken });
      expect(answer).toMatchObject({ status, body: { error, message: expect.any(String) } });
      expect(answer.headers['x-request-id']).toMatch(/./);
    });

    it('a body that is something else than JSON', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'json']) {
        const answer = await send({ body, headers: { 'content-type': type } });
        expect({ of: type, ...answer }).toMatchObject({
          of: type,
          status: 415,
          body: { error: 'UNSUPPORTED_MEDIA_TYPE' },
        });
      }
    });

    it('a body that never comes to its end', async () => {
      const { port } = new URL(stack.api);
      const head = `POST /api/v1/requests HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}`;
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          const cut = body.slice(0, -2);
          const length = `content-type: application/json\r\ncontent-length: ${body.length}`;
          socket.end(`${head}\r\n${length}\r\n\r\n${cut}`);
        });
        socket.once('error', reject).once('close', () => resolve());
        socket.resume();
      });
    });

    it('headers without end, and an idempotency key that is none', async () => {
      const huge = await send({ body, headers: { 'x-more': 'x'.repeat(40_000) } });
      expect(huge).toMatchObject({ status: 431, body: { error: 'INVALID_REQUEST' } });
      const key = await send({ body, headers: { 'idempotency-key': 'x'.repeat(256) } });
      expect(key).toMatchObject({ status: 400, body: { error: 'INVALID_REQUEST' } });
    });

    it.each(['/api/v1/requests/..%2f..%2fetc%2fpasswd', '/assets/..%2f..%2f..%2fpackage.json', '/.env'])(
      'an address that wanders off: %s',
      async (path) => {
        expect(await send({ method: 'GET', path })).toMatchObject({
          status: 404,
          body: { error: 'NOT_FOUND' },
        });
      },
    );

    it('every token that is not from here, or not from now', async () => {
      const past = Math.floor(Date.now() / 1_000) - 120;
      const [header = '', payload = ''] = token.split('.');
      const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
      const refused = {
        'of another issuer, rightly signed there': await stack.token('user@acme.test'),
        expired: await provider.resigned(token, { exp: past, iat: past - 900 }),
        'not valid yet': await provider.resigned(token, { nbf: past + 3_600 }),
        'for somebody else': await provider.resigned(token, { aud: 'payroll' }),
        'without an end': await provider.resigned(token, { exp: undefined }),
        'without a signature': `${unsigned}.${payload}.`,
        'with a broken signature': `${header}.${payload}.${'A'.repeat(342)}`,
        'that is none': 'not.a.token',
      };
      for (const [what, as] of Object.entries(refused)) {
        const answer = await send({ body, token: as });
        expect({ of: what, ...answer }).toMatchObject({
          of: what,
          status: 401,
          body: { error: 'invalid_token' },
        });
      }
    });

    it('a tenant that is none of ours, and a claim that is not a tenant', async () => {
      for (const tenant of ['umbrella', 'acme"; --', '', 7, ['acme'], undefined]) {
        const as = await provider.resigned(token, { tenant });
        const answer = await send({ method: 'GET', token: as });
        expect({ of: String(tenant), ...answer }).toMatchObject({
          of: String(tenant),
          status: 403,
          body: { error: 'TENANT_UNKNOWN' },
        });
      }
    });

    it('everything of another tenant: there is no such thing', async () => {
      const { requestId, approval, auditId } = theirs;
      expect(auditId).toMatch(/^aud_/);
      const decision = JSON.stringify({ decision: 'approve', digest: approval.digest });
      const resolution = JSON.stringify({ n: 1, resolution: 'give_up', reason: 'mine now' });
      const calls: RawCall[] = [
        { method: 'GET', path: `/api/v1/requests/${requestId}` },
        { method: 'GET', path: `/api/v1/requests/${requestId}/events` },
        { path: `/api/v1/requests/${requestId}/withdraw` },
        { path: `/api/v1/requests/${requestId}/resolve`, body: resolution },
        { method: 'GET', path: `/api/v1/approvals/${approval.id}` },
        { path: `/api/v1/approvals/${approval.id}/decision`, body: decision },
        { method: 'GET', path: `/api/v1/audit/${auditId}` },
      ];
      for (const call of calls) {
        const answer = await send({ ...call, token: outsider });
        expect({ of: call.path, ...answer }).toMatchObject({
          of: call.path,
          status: 404,
          body: { error: 'NOT_FOUND' },
        });
      }
      for (const path of [
        'requests',
        'approvals',
        'approvals?state=pending',
        `audit?request_id=${requestId}`,
      ]) {
        const answer = await send({ method: 'GET', path: `/api/v1/${path}`, token: outsider });
        expect({ path, status: answer.status }).toEqual({ path, status: 200 });
        expect(JSON.stringify(answer.body)).not.toMatch(/waits the whole time|acme/);
      }
      const mine = await people.lead.get<ApprovalView>(`/approvals/${approval.id}`);
      expect(mine.body).toMatchObject({ state: 'pending', may_decide: true });
    });

    it('what belongs to a colleague: there is no such thing either', async () => {
      const answer = await people.lead.get(`/requests/${theirs.requestId}`);
      expect(answer).toMatchObject({ status: 404, body: { error: 'NOT_FOUND' } });
      const entry = await people.user.get<AuditPage>('/audit?user_id=acme-lead');
      expect(entry.body.entries).toEqual([]);
    });

    it('decisions that are none', async () => {
      const path = `/approvals/${theirs.approval.id}/decision`;
      const { digest } = theirs.approval;
      const refusals: [object, number, string][] = [
        [{ decision: 'approve', digest: '0'.repeat(64) }, 409, 'APPROVAL_DIGEST_MISMATCH'],
        [{ decision: 'approve', digest: 'short' }, 400, 'INVALID_REQUEST'],
        [{ decision: 'approve' }, 400, 'INVALID_REQUEST'],
        [{ decision: 'perhaps', digest }, 400, 'INVALID_REQUEST'],
        [{ decision: 'reject', digest }, 400, 'INVALID_REQUEST'],
        [{ decision: 'reject', digest, reason: '' }, 400, 'INVALID_REQUEST'],
        [{ decision: 'reject', digest, reason: 'a\u0000' }, 400, 'INVALID_TEXT'],
        [{ decision: 'approve', digest, as: 'acme-admin' }, 400, 'INVALID_REQUEST'],
      ];
      for (const [body, status, error] of refusals)
        expect(await people.lead.post(path, body)).toMatchObject({ status, body: { error } });
      const none = await people.lead.post('/approvals/apr_none/decision', { decision: 'approve', digest });
      expect(none).toMatchObject({ status: 404, body: { error: 'NOT_FOUND' } });
      const { body } = await people.lead.get<ApprovalView>(`/approvals/${theirs.approval.id}`);
      expect(body.state).toBe('pending');
    });

    it('all that left nothing behind: no request, and nothing at the provider', async () => {
      expect(await requestIds()).toEqual(before.ids);
      expect(await stack.github.admin.ledger()).toHaveLength(before.ledger);
    });
  });

  describe('that is taken', () => {
    const ask = (text: string) => people.user.post<RequestView>('/requests', { text });

    it('an unknown repository: the request fails with a code, and the record says so', async () => {
      const { body } = await ask('list the open issues of acme/nowhere');
      const done = await ended(people.user, body.id);
      expect(done).toMatchObject({
        state: 'failed',
        actions: [{ state: 'failed', error: { error: 'target_not_found' } }],
      });
      expect(await outcomesOf(people, body.id)).toContain('github.issues_read error');
    });

    it('an issue that is not there: approved, tried once, failed, nothing written', async () => {
      const { body } = await ask('comment on acme/website#4711: Fixed in 2.1');
      const queued = await eventually(
        () => people.user.get<RequestView>(`/requests/${body.id}`),
        (seen) => seen.body.state === 'queued',
      );
      const approvalId = queued.body.actions[0]?.approval_id;
      const shown = await people.lead.get<ApprovalView>(`/approvals/${approvalId}`);
      expect((await approve(people, shown.body)).status).toBe(200);
      const done = await ended(people.user, body.id);
      expect(done.actions).toMatchObject([{ state: 'failed', error: { error: 'target_not_found' } }]);
      const sent = await stack.github.admin.ledger({ method: 'POST', path: /\/issues\/4711\// });
      expect(sent.map(({ status }) => status)).toEqual([404]);
      expect((await outcomesOf(people, body.id)).at(-1)).toBe('github.issue_commented error');
    });

    it.each(['закрой задачу 7', '列出 acme/website 的未解决问题', '‮elif a eteled‬', '👍'])(
      'another language is answered with what can be done, and nothing is guessed: %s',
      async (text) => {
        const { status, body } = await ask(text);
        expect(status).toBe(200);
        expect(body).toMatchObject({ state: 'answered', text, planner: 'built-in rules', actions: [] });
        expect(body.answer).toContain('did not understand');
        expect(body.suggestions.length).toBeGreaterThan(0);
      },
    );

    it('an idempotency key: once for the same body, refused for another, ten at once are one', async () => {
      const key = randomUUID();
      const body = JSON.stringify({ text: 'list the open issues of acme/website' });
      const headers = { 'idempotency-key': key };
      const answers = await Promise.all(Array.from({ length: 10 }, () => send({ body, headers })));
      const ids = new Set(answers.map((answer) => answer.body.id));
      expect([...ids]).toEqual([expect.stringMatching(/^req_/)]);
      for (const { status } of answers) expect([200, 202]).toContain(status);
      const other = await send({ body: JSON.stringify({ text: 'dance' }), headers });
      expect(other).toMatchObject({ status: 409, body: { error: 'IDEMPOTENCY_KEY_REUSED' } });
      const elsewhere = await send({ body: JSON.stringify({ text: 'dance' }), headers, token: outsider });
      expect(elsewhere.body.id).toMatch(/^req_/);
      expect(ids).not.toContain(elsewhere.body.id);
    });

    it('naughty texts arrive at the provider as they were sent, letter by letter', async () => {
      const said = naughtyTexts.map(([what, text]) => `${what}: ${text}`).join('\n');
      const input = { repository: 'acme/website', issue_number: 7, body: `  ${said}\n\n ` };
      const asWords = await askForComment(people, said);
      const typed = await people.user.post<RequestView>('/requests', {
        actions: [{ action: 'github_issue_comment', input }],
      });
      const id = typed.body.actions[0]?.approval_id;
      const { body: asAction } = await people.lead.get<ApprovalView>(`/approvals/${id}`);
      expect(asWords.approval.preview).toBe(said);
      expect(asAction.preview).toBe(input.body);
      for (const approval of [asWords.approval, asAction]) {
        expect((await approve(people, approval)).status).toBe(200);
        expect(await ended(people.user, approval.request_id)).toMatchObject({ state: 'answered' });
      }
      const record = await people.admin.get<AuditPage>('/audit?limit=1000');
      expect(JSON.stringify(record.body)).not.toContain('DROP TABLE');
      const written = await stack.github.admin.ledger({ method: 'POST', path: /\/issues\/7\/comments$/ });
      const bodies = written.map(({ body }) => (JSON.parse(body ?? '{}') as { body: string }).body);
      expect(bodies.map((body) => body.replace(/\n\n<!-- openclaw:[0-9a-f]{32} -->$/, ''))).toEqual([
        said,
        input.body,
      ]);
    });

    it('after all of it, what waited is still there and can be done', async () => {
      expect((await approve(people, theirs.approval)).status).toBe(200);
      expect(await ended(people.user, theirs.requestId)).toMatchObject({ state: 'answered' });
    });
  });

  it('each answer had a code of the catalogue, and none was our own mistake', () => {
    const refusals = caller.seen().filter(({ status }) => status >= 400);
    const codes = [...new Set(refusals.map(({ error }) => error))];
    expect(codes.length).toBeGreaterThan(6);
    expect(codes.filter((code) => typeof code !== 'string' || !isErrorCode(code))).toEqual([]);
    expect(refusals.filter(({ status }) => status >= 500)).toEqual([]);
    expect(stack.log('gateway')).not.toContain('unexpected error');
  });
});
