import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { inject } from 'vitest';
import { connectorVariables } from '#connectors/variables.ts';
import { gatewayNeeds, openGateway } from '#gateway/open-gateway.ts';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { parseSigner, parseVerifier } from '#platform/crypto/signature.ts';
import { createLogger } from '#platform/logger.ts';
import { demoPolicies } from '#sandbox/demo/policies.ts';
import { installationKeys } from '#sandbox/keys.ts';
import { openStores, type Stores } from '#stores/open-stores.ts';
import { createTestDatabases, type TestDatabases } from './database.ts';
import { makeKey, signToken, startFakeProvider } from './fake-provider.ts';
import { noLimits } from './no-limits.ts';
import { recordEventIn } from './record-event.ts';

/** A person of a tenant, as the identity provider states them. */
export interface TestPerson {
  sub: string;
  tenant: string;
  groups: readonly string[];
  orgUnit: string;
}

export const people = {
  user: { sub: 'acme-user', tenant: 'acme', groups: ['openclaw-users'], orgUnit: 'engineering/web' },
  peer: { sub: 'acme-peer', tenant: 'acme', groups: ['openclaw-users'], orgUnit: 'engineering/web' },
  lead: { sub: 'acme-lead', tenant: 'acme', groups: ['openclaw-team-leads'], orgUnit: 'engineering' },
  admin: { sub: 'acme-admin', tenant: 'acme', groups: ['openclaw-admins'], orgUnit: 'company' },
  stranger: { sub: 'globex-admin', tenant: 'globex', groups: ['openclaw-admins'], orgUnit: 'engineering' },
} satisfies Record<string, TestPerson>;

export interface TestGateway {
  app: FastifyInstance;
  gateway: Awaited<ReturnType<typeof openGateway>>;
  /** A second gateway of the same installation, on the run's Temporal server unless told otherwise. */
  reopen(env: Record<string, string>): ReturnType<typeof openGateway>;
  /** The same databases, seen beside the gateway. */
  stores: Stores;
  databases: TestDatabases;
  issuer: string;
  as(person: TestPerson, options: InjectOptions): Promise<LightMyRequestResponse>;
  token(person: TestPerson, claims?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/**
 * The gateway as `gateway/main.ts` puts it together, on fresh databases and the run's Temporal server, with a task
 * queue that no worker polls.
 */
export async function openTestGateway(
  env: Record<string, string> | ((databases: TestDatabases) => Record<string, string>) = {},
): Promise<TestGateway> {
  const key = await makeKey('ES256', 'k1');
  const [databases, provider] = await Promise.all([createTestDatabases(), startFakeProvider([key])]);
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-gateway-'));
  const keys = installationKeys(dir);
  const taskQueue = `nobody-${randomBytes(6).toString('hex')}`;
  const open = (more: Record<string, string>) => {
    const { config } = parseConfig({
      needs: gatewayNeeds,
      connectorVariables,
      env: {
        NODE_ENV: 'test',
        ...noLimits,
        DATABASE_URL: databases.as('gateway').databaseUrl,
        AUDIT_DATABASE_URL: databases.as('gateway').auditDatabaseUrl,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        TEMPORAL_TASK_QUEUE: taskQueue,
        OIDC_ISSUER: provider.issuer,
        ENCRYPTION_KEYS_FILE: keys.encryptionKeysFile,
        VOTE_SIGNING_KEY_FILE: keys.voteSigningKeyFile,
        VOTE_VERIFY_KEYS_FILE: keys.voteVerifyKeysFile,
        FIRST_ANSWER_MS: '300',
        GITHUB_API_URL: provider.issuer,
        ...more,
      },
    });
    const log = createLogger({ level: 'silent', name: 'gateway' });
    return openGateway({ config, log, version: '0.0.0', pageDir: dir });
  };
  const gateway = await open(typeof env === 'function' ? env(databases) : env);
  const stores = openStores({
    database: { url: databases.databaseUrl, maxConnections: 2 },
    audit: { url: databases.auditDatabaseUrl, maxConnections: 2 },
    envelope: createEnvelope(parseKeyRing(readFileSync(keys.encryptionKeysFile, 'utf8'))),
    policySigning: {
      signer: parseSigner(readFileSync(keys.voteSigningKeyFile, 'utf8')),
      verify: parseVerifier(readFileSync(keys.voteVerifyKeysFile, 'utf8')),
    },
  });
  const now = () => new Date();
  const recordEvent = recordEventIn(stores, now);
  await addMissingPolicies({ ...stores, recordEvent, tenantId: 'acme', now, make: demoPolicies });
  await addMissingPolicies({ ...stores, recordEvent, tenantId: 'globex', now, make: shippedPolicies });
  await gateway.app.ready();

  // One moment for all: a token of another second states the rights anew, and they would be written again.
  const signedInAt = Math.floor(Date.now() / 1_000);
  const token = (person: TestPerson, claims: Record<string, unknown> = {}) =>
    signToken(key, {
      iss: provider.issuer,
      aud: 'openclaw',
      sub: person.sub,
      iat: signedInAt,
      exp: signedInAt + 600,
      tenant: person.tenant,
      org_unit: person.orgUnit,
      groups: [...person.groups],
      email: `${person.sub}@example.test`,
      name: person.sub,
      ...claims,
    });
  return {
    app: gateway.app,
    gateway,
    reopen: open,
    stores,
    databases,
    issuer: provider.issuer,
    token,
    async as(person, options) {
      const authorization = `Bearer ${await token(person)}`;
      return gateway.app.inject({ ...options, headers: { authorization, ...options.headers } });
    },
    async close() {
      await gateway.close();
      await Promise.all([stores.close(), provider.close()]);
      await databases.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
