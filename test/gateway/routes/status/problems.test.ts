import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectors } from '#connectors/registry.ts';
import { statusProblems, systemStatus } from '#domain/status/status.schema.ts';
import { capabilityNames } from '#domain/status/status.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'openclaw-bundles-'));
const url = '/api/v1/status/problems';
let gateway: TestGateway;

beforeAll(async () => {
  for (const tenant of ['acme', 'globex']) {
    mkdirSync(join(folder, tenant));
    writeFileSync(join(folder, tenant, `of-${tenant}.tar.gz`), 'no archive');
  }
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ release: { algorithm: 'ES256', key } }));
  gateway = await openTestGateway({
    OPERATOR_TENANT: 'acme',
    POLICY_BUNDLES_DIR: folder,
    POLICY_BUNDLE_KEYS_FILE: join(folder, 'keys.json'),
  });
});
afterAll(async () => {
  await gateway?.close();
  rmSync(folder, { recursive: true });
});

const of = (tenant: string) => ({
  part: 'policyEngine',
  tenant_id: tenant,
  problem: `bundle of-${tenant}.tar.gz: it is not a whole gzip file`,
});

const orgAdmin = { ...people.admin, sub: 'acme-org', groups: ['org-admins'] };

it.each([
  ['the operator everything', people.admin, ['acme', 'globex']],
  ["the operator's administrator of an organisation what concerns their tenant", orgAdmin, ['acme']],
  ["another tenant's admin what concerns it", people.stranger, ['globex']],
] as const)('of the system are told: %s', async (_, person, tenants) => {
  await expect
    .poll(async () => {
      const { problems } = statusProblems.parse((await gateway.as(person, { url })).json());
      return problems.filter(({ tenant_id }) => tenant_id !== null);
    })
    .toEqual(tenants.map(of));
});

it('name what a worker met with', async () => {
  const failure = { tenant: 'globex', bundle: 'of-globex.tar.gz', words: 'its built-in lower failed' };
  await expect
    .poll(async () => {
      // A notice is lost while nobody listens yet.
      await gateway.stores.bundleFailures.tell(failure);
      const { problems } = statusProblems.parse((await gateway.as(people.stranger, { url })).json());
      return problems.map(({ problem }) => problem);
    })
    .toContain('bundle of-globex.tar.gz: an action was denied because its built-in lower failed');
});

it.each([people.user, people.lead])('are nothing for $sub', async (person) => {
  expect((await gateway.as(person, { url })).statusCode).toBe(403);
});

it('are nothing for who is not signed in, and the open status names none', async () => {
  expect((await gateway.app.inject({ url })).statusCode).toBe(401);
  const open = await gateway.app.inject({ url: '/api/v1/status' });
  expect(open.json()).toMatchObject({ status: 'degraded', components: { policyEngine: 'unhealthy' } });
  expect(open.body).not.toContain('globex');
  expect(open.body).not.toContain('gzip');
});

/** Every text in a value, not the names of its members. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

it.each([undefined, ...Object.values(people)])(
  'the open status says the same closed words to all: %#',
  async (person) => {
    const call = { url: '/api/v1/status' };
    const answer = person === undefined ? await gateway.app.inject(call) : await gateway.as(person, call);
    const { version, timestamp, ...status } = systemStatus.strict().parse(answer.json());
    const words = [
      'healthy',
      'degraded',
      'unhealthy',
      'disabled',
      'stopped',
      'active',
      'error',
      ...capabilityNames,
    ];
    expect(textsIn(status).filter((text) => !words.includes(text))).toEqual([]);
    expect(Object.keys(status.components.connectors)).toEqual(connectors.map(({ name }) => name));
    expect(version).toBe('0.0.0');
    expect(Date.parse(timestamp)).toBeGreaterThan(0);
  },
);
