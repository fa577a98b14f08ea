import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestGateway, people, type TestGateway } from '../support/test-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await openTestGateway();
});
afterAll(() => test?.close());

it('a stream that a person follows ends soon after they were signed out everywhere', async () => {
  const asked = await test.as(people.user, {
    method: 'POST',
    url: '/api/v1/requests',
    payload: { text: 'something secret' },
  });
  const { id } = asked.json();
  const address = await test.app.listen({ port: 0, host: '127.0.0.1' });
  const headers = { authorization: `Bearer ${await test.token(people.user)}` };
  const stream = await fetch(`${address}/api/v1/requests/${id}/events`, { headers });
  const { sub: userId } = people.user;
  await test.stores.people.revoke('acme', userId);

  const refused = await fetch(`${address}/api/v1/requests/${id}`, { headers });
  let ended = false;
  const reader = stream.body?.getReader();
  const reading = (async () => {
    for (;;) if ((await reader?.read())?.done !== false) break;
    ended = true;
  })().catch(() => undefined);
  // Three times as long as from one heartbeat to the next.
  await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 45_000))]);
  const said = { stream: stream.status, refused: refused.status, ended };
  await reader?.cancel().catch(() => undefined);
  expect(said).toEqual({ stream: 200, refused: 401, ended: true });
});
