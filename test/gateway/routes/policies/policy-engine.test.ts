import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opaBundle, opaBundleKeys } from '../../../platform/opa/make-bundle.ts';
import { entriesOf } from '../../../support/audit-entries.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

async function denials(gateway: TestGateway, userId: string): Promise<number> {
  const entries = await entriesOf(gateway.stores, 'acme', { userId, outcome: 'denied' });
  return entries.length;
}

describe('with an OPA beside it, a gateway', () => {
  let answer: RequestListener = () => {};
  const opa = createServer((request, response) => answer(request, response));
  let gateway: TestGateway;

  beforeAll(async () => {
    await new Promise<void>((resolve) => opa.listen(0, '127.0.0.1', resolve));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server on a port has such an address
    const url = `http://127.0.0.1:${(opa.address() as AddressInfo).port}`;
    gateway = await openTestGateway({ OPA_SIDECAR_URL: url });
  });
  afterAll(async () => {
    opa.closeAllConnections();
    opa.close();
    await gateway?.close();
  });

  it.each([
    ['does not answer', () => {}],
    ['is broken', (_, response) => response.writeHead(500).end()],
    ['knows no such policy', (_, response) => response.end('{}')],
    ['says "true"', (_, response) => response.end('{"result":"true"}')],
    ['says true', (_, response) => response.end('{"result":true}')],
    ['answers with a list', (_, response) => response.end('{"result":[{"verdict":"allow"}]}')],
    ['answers something else', (_, response) => response.end('{"result":{"allow":true}}')],
    ['hangs up', (_, response) => response.destroy()],
  ] satisfies [string, RequestListener][])('denies and records it when that %s', async (_, listener) => {
    answer = listener;
    const before = await denials(gateway, people.user.sub);
    const refused = await gateway.as(people.user, { url: '/api/v1/audit' });
    expect(refused.statusCode).toBe(503);
    expect(refused.json()).toMatchObject({ error: 'POLICY_ENGINE_UNREACHABLE' });
    expect(await denials(gateway, people.user.sub)).toBe(before + 1);
  });

  it('goes on as soon as that answers, and by what it says', async () => {
    const say = (verdict: string, applicable = true) => {
      const result = { applicable, verdict, code: 'test', rule: null, decided_by: null, constraints: {} };
      return JSON.stringify({ result });
    };
    answer = (_, response) => response.end(say('allow'));
    expect((await gateway.as(people.user, { url: '/api/v1/audit' })).statusCode).toBe(200);
    answer = (request, response) =>
      response.end(request.url?.includes('/actions/') ? say('deny') : say('allow'));
    const refused = await gateway.as(people.user, { url: '/api/v1/audit' });
    expect([refused.statusCode, refused.json().error]).toEqual([403, 'POLICY_DENIED']);
  });
});

describe("with customers' bundles, a gateway", () => {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-bundles-'));
  const bundles = join(dir, 'bundles');
  let gateway: TestGateway;

  beforeAll(async () => {
    for (const tenant of ['acme', 'globex']) mkdirSync(join(bundles, tenant), { recursive: true });
    writeFileSync(join(bundles, 'acme', 'good.tar.gz'), opaBundle);
    writeFileSync(join(bundles, 'globex', 'bad.tar.gz'), opaBundle.subarray(0, 1_000));
    const keys = [...opaBundleKeys].map(([id, { algorithm, key }]) => [
      id,
      { algorithm, key: key.export({ type: 'spki', format: 'pem' }) },
    ]);
    writeFileSync(join(dir, 'keys.json'), JSON.stringify(Object.fromEntries(keys)));
    gateway = await openTestGateway({
      POLICY_BUNDLES_DIR: bundles,
      POLICY_BUNDLE_KEYS_FILE: join(dir, 'keys.json'),
    });
  });
  afterAll(async () => {
    await gateway?.close();
    rmSync(dir, { recursive: true });
  });

  it('does what a good one lets pass, and nothing for the tenant of one that was never good', async () => {
    expect((await gateway.as(people.user, { url: '/api/v1/audit' })).statusCode).toBe(200);
    const refused = await gateway.as(people.stranger, { url: '/api/v1/audit' });
    expect([refused.statusCode, refused.json().error]).toEqual([503, 'POLICY_ENGINE_UNREACHABLE']);
  });

  it('is degraded while one is refused', async () => {
    const status = await gateway.app.inject({ url: '/api/v1/status' });
    expect(status.json()).toMatchObject({ status: 'degraded', components: { policyEngine: 'unhealthy' } });
  });
});
