import { expect, it } from 'vitest';
import { getPolicy, putPolicy } from '#domain/policy/calls.ts';
import { getRequest, listRequests, postRequest } from '#domain/request/calls.ts';
import { createCallApi } from '#web/api/call-api.ts';
import type { Failure } from '#web/api/failure.ts';

type Sent = RequestInit & { address: Parameters<typeof fetch>[0] };

/** The page's calls, with answers in their order in place of a server. */
function apiBefore(...answers: Response[]) {
  return apiShowing(undefined, ...answers);
}

function apiShowing(shown: Parameters<typeof createCallApi>[0]['shown'], ...answers: Response[]) {
  const sent: Sent[] = [];
  const ended: string[] = [];
  const api = createCallApi({
    fetch: async (address, init) => {
      sent.push({ ...init, address });
      const answer = answers.shift();
      if (answer === undefined) throw new TypeError('no server');
      return answer;
    },
    onSessionEnded: () => void ended.push('ended'),
    ...(shown === undefined ? {} : { shown }),
  });
  return { api, sent, ended };
}

const refusedWith = (thrown: Failure) => [thrown.status, thrown.code];

it('sends what a call says, and of its parts what is said', async () => {
  const { api, sent } = apiBefore(Response.json({}), Response.json({}), Response.json({}));
  await api(listRequests);
  await api(postRequest, { headers: { 'idempotency-key': 'once' }, body: { text: 'list issues' } });
  await api(putPolicy, {
    params: { id: 'pol/1' },
    headers: { 'if-match': '' },
    body: { change_reason: 'tidier' },
  });
  expect(sent.map(({ method, address, headers, body }) => ({ method, address, headers, body }))).toEqual([
    { method: 'GET', address: '/api/v1/requests', headers: { accept: 'application/json' }, body: undefined },
    {
      method: 'POST',
      address: '/api/v1/requests',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'idempotency-key': 'once',
      },
      body: '{"text":"list issues"}',
    },
    {
      method: 'PUT',
      address: '/api/v1/policies/pol%2F1',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: '{"change_reason":"tidier"}',
    },
  ]);
  expect(sent.every(({ credentials }) => credentials === 'same-origin')).toBe(true);
});

it('gives the tag of an answer to whoever asks for it', async () => {
  const { api } = apiBefore(Response.json({ version: 2 }, { headers: { etag: '"2-active"' } }));
  expect(await api.tagged(getPolicy, { params: { id: 'pol_1' } })).toEqual({
    answer: { version: 2 },
    etag: '"2-active"',
  });
});

it('tells of a session that has ended, and throws what was refused or was not answered', async () => {
  const refused = Response.json({ error: 'no_session', message: 'You are not signed in.' }, { status: 401 });
  const { api, ended } = apiBefore(refused, new Response('<html>', { status: 502 }), new Response('<html>'));
  const ask = () => api(getRequest, { params: { id: 'req_1' } }).catch(refusedWith);
  expect(await ask()).toEqual([401, 'no_session']);
  expect(ended).toEqual(['ended']);
  expect(await ask()).toEqual([502, 'HTTP_502']);
  expect(await ask()).toEqual([0, 'NO_ANSWER']);
  expect(await ask()).toEqual([0, 'NO_ANSWER']);
  expect(ended).toEqual(['ended']);
});

it.each([
  ['the same person’s', true, 2],
  ['somebody else’s', false, 1],
])(
  'names the session that is shown, and makes the call once more when another is %s',
  async (_, same, calls) => {
    let id = 'ses_1';
    const refused = () => Response.json({ error: 'SESSION_CHANGED', message: 'x' }, { status: 409 });
    const shown = {
      id: () => id,
      changed: async () => {
        id = 'ses_2';
        return same;
      },
    };
    const { api, sent } = apiShowing(shown, refused(), refused(), refused());
    expect(await api(getRequest, { params: { id: 'req_1' } }).catch(refusedWith)).toEqual([
      409,
      'SESSION_CHANGED',
    ]);
    const named = sent.map(({ headers }) => new Headers(headers).get('x-session-id'));
    expect(named).toEqual(['ses_1', 'ses_2'].slice(0, calls));
  },
);
