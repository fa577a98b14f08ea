import { sql } from 'kysely';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import type { PolicyChange } from '#stores/policy/change.ts';
import { createPolicyStore, type PolicyStore } from '#stores/policy/policies.ts';
import { policySetDigest, policySetIsSigned } from '#stores/policy/signed-set.ts';
import { signed, versionStatement } from '#stores/policy/version-proof.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { freshSigner } from '../../support/signing.ts';

let opened: TestStores;
let policies: PolicyStore;

beforeAll(async () => {
  opened = await openTestStores();
  policies = opened.stores.policies;
});
afterAll(() => opened?.close());

const nothing = async () => {};

function policy(overrides: Partial<Policy> = {}): Policy {
  return {
    id: newId('policy'),
    name: 'Actions of the organisation',
    domain: 'actions',
    scope: { level: 'org', orgUnit: newId('policy'), userId: null },
    version: 1,
    status: 'active',
    rules: { default_autonomy: 'approve' },
    mayGrant: null,
    changeReason: 'first',
    createdBy: 'system',
    createdAt: new Date().toISOString(),
    ...overrides,
  };
}

const asAdmin = <Result>(work: (client: Client) => Promise<Result>) =>
  withAdmin(opened.databases.adminUrl, work);

async function stateOf(id: string) {
  const [{ revision }, versions] = await Promise.all([
    policies.active('acme'),
    policies.versions('acme', id),
  ]);
  return { revision, versions: versions.filter(({ unproven }) => !unproven) };
}

function adding(next: Policy, deprecate: readonly number[] = []): PolicyChange {
  return { policyId: next.id, insert: next, deprecate, activate: null };
}

describe('the signed set', () => {
  it('is signed anew with every change of what is active, for its tenant and revision', async () => {
    await policies.insert('acme', policy());
    const set = await policies.active('acme');
    expect(policySetIsSigned(opened.signing.verify, 'acme', set)).toBe(true);
    expect(policySetIsSigned(opened.signing.verify, 'globex', set)).toBe(false);
    expect(policySetIsSigned(opened.signing.verify, 'acme', { ...set, revision: set.revision + 1 })).toBe(
      false,
    );
    expect(policySetIsSigned(freshSigner().verify, 'acme', set)).toBe(false);
    await policies.insert('acme', policy());
    const next = await policies.active('acme');
    expect(next.signed?.signature).not.toBe(set.signed?.signature);
    expect(policySetIsSigned(opened.signing.verify, 'acme', next)).toBe(true);
  });

  it('stays as it is when only a draft is added', async () => {
    await policies.insert('acme', policy());
    const before = await policies.active('acme');
    await policies.insert('acme', policy({ status: 'draft' }));
    expect(await policies.active('acme')).toEqual(before);
  });

  it('has a digest that any content changes, and their order does not', () => {
    const one = policy({ id: 'pol_a' });
    const other = policy({ id: 'pol_b' });
    const digest = policySetDigest([one, other]);
    expect(policySetDigest([other, one])).toBe(digest);
    const changes: Partial<Policy>[] = [
      { name: 'x' },
      { version: 2 },
      { domain: 'data' },
      { scope: { ...one.scope, orgUnit: 'x' } },
      { rules: {} },
      { mayGrant: {} },
      { id: 'pol_c' },
    ];
    for (const change of changes) expect(policySetDigest([{ ...one, ...change }, other])).not.toBe(digest);
  });

  it('is changed by nobody without the key, and neither is a draft', async () => {
    const { verify } = opened.signing;
    const reader = createPolicyStore({ database: opened.stores.database, signing: { verify } });
    for (const status of ['active', 'draft'] as const)
      await expect(reader.insert('acme', policy({ status }))).rejects.toThrow('signing key');
  });
});

describe('a change', () => {
  it('is made by one of two who saw the same, and the other is told', async () => {
    const first = policy();
    await policies.insert('acme', first);
    const seen = await stateOf(first.id);
    const changes = ['a', 'b', 'c'].map((name) =>
      policies.change('acme', adding({ ...first, version: 2, name }, [1]), { seen, beforeCommit: nothing }),
    );
    expect((await Promise.all(changes)).toSorted()).toEqual([false, false, true]);
    expect(
      (await policies.versions('acme', first.id)).map(({ version, status }) => [version, status]),
    ).toEqual([
      [1, 'deprecated'],
      [2, 'active'],
    ]);
  });

  it('leaves nothing when what comes before the commit fails', async () => {
    const first = policy();
    await policies.insert('acme', first);
    const before = await policies.active('acme');
    const failing = policies.change('acme', adding({ ...first, version: 2 }, [1]), {
      seen: await stateOf(first.id),
      beforeCommit: async () => {
        throw new Error('the record cannot be written');
      },
    });
    await expect(failing).rejects.toThrow('cannot be written');
    expect(await policies.active('acme')).toEqual(before);
  });

  it('that would make two policies of one position active is a conflict', async () => {
    const first = policy();
    const rival = policy({ scope: first.scope, status: 'draft' });
    await policies.insert('acme', first);
    await policies.insert('acme', rival);
    const change = { policyId: rival.id, insert: null, deprecate: [], activate: 1 };
    await expect(
      policies.change('acme', change, { seen: await stateOf(rival.id), beforeCommit: nothing }),
    ).rejects.toMatchObject({ code: 'POLICY_CONFLICT' });
  });

  it('is refused while the set on record is not the one that was signed', async () => {
    const kept = policy();
    await policies.insert('acme', kept);
    const version = await asAdmin(async (client) => {
      await client.query('SET session_replication_role = replica');
      await client.query(`UPDATE tenant_acme.policies SET rules = '{}' WHERE id = $1`, [kept.id]);
      return kept.version;
    });
    const seen = await stateOf(kept.id);
    const next = { ...kept, version: version + 1 };
    await expect(
      policies.change('acme', adding(next, [version]), { seen, beforeCommit: nothing }),
    ).rejects.toMatchObject({ code: 'POLICY_SET_REFUSED' });
    // An operator who has looked signs it as it is.
    const digest = policySetDigest((await policies.active('acme')).policies);
    await expect(
      policies.signAsIs('acme', { digest: 'of another set', beforeCommit: nothing }),
    ).rejects.toMatchObject({ code: 'POLICY_CHANGED' });
    await policies.signAsIs('acme', { digest, beforeCommit: nothing });
    const looked = await stateOf(kept.id);
    expect(
      await policies.change('acme', adding(next, [version]), { seen: looked, beforeCommit: nothing }),
    ).toBe(true);
  });
});

describe('the tenant role', () => {
  const asTenant = (statement: string) =>
    opened.stores.database.inTenant('acme', (tx) => sql.raw(statement).execute(tx));

  it.each([
    ['bring a deprecated policy back', `UPDATE policies SET status = 'active' WHERE status = 'deprecated'`],
    ['make an active one a draft', `UPDATE policies SET status = 'draft' WHERE status = 'active'`],
    ['turn the revision back', 'UPDATE policy_revision SET revision = revision - 1'],
    [
      'take the signature away',
      'UPDATE policy_revision SET digest = NULL, key_id = NULL, signature = NULL, signed_at = NULL',
    ],
    ['change rules', `UPDATE policies SET rules = '{}'`],
    ['remove a policy', 'DELETE FROM policies'],
  ])('cannot %s', async (_, statement) => {
    const first = policy();
    await policies.insert('acme', first);
    await policies.insert('acme', { ...first, version: 2 });
    await expect(asTenant(statement)).rejects.toThrow(
      /never goes back|stay signed|draft to active|permission denied/,
    );
  });
});

it('a set from before signatures is signed once, and one that lost its signature never', async () => {
  await asAdmin(async (client) => {
    await client.query(
      `INSERT INTO tenant_globex.policies (id, version, name, domain, level, status, rules, change_reason, created_by, created_at)
       VALUES ('pol_old', 1, 'old', 'actions', 'enterprise', 'active', '{}', 'r', 'x', now())`,
    );
  });
  expect((await policies.active('globex')).signed).toBeNull();
  await policies.renewSignature('globex');
  const set = await policies.active('globex');
  expect(policySetIsSigned(opened.signing.verify, 'globex', set)).toBe(true);
  await policies.renewSignature('globex');
  expect(await policies.active('globex')).toEqual(set);
});

it('a whole set is signed anew when the key has changed, and a spoilt one is not', async () => {
  const next = freshSigner('vote-2');
  const verify: Verifier = (value, keyId, signature) =>
    opened.signing.verify(value, keyId, signature) || next.verify(value, keyId, signature);
  const changed = createPolicyStore({
    database: opened.stores.database,
    signing: { signer: next.signer, verify },
  });
  await changed.renewSignature('globex');
  const set = await policies.active('globex');
  expect(set.signed?.keyId).toBe('vote-2');
  expect(policySetIsSigned(next.verify, 'globex', set)).toBe(true);
  await asAdmin(async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query(`UPDATE tenant_globex.policies SET rules = '{"default_autonomy": "autonomous"}'`);
  });
  await policies.renewSignature('globex');
  expect((await policies.active('globex')).signed).toEqual(set.signed);
});

it('gives a person’s policy a thousand versions and no more, and others as many as it takes', async () => {
  const scope = { level: 'user', orgUnit: null, userId: newId('policy') } as const;
  const [mine, ours] = [policy({ scope, status: 'draft' }), policy({ status: 'draft' })];
  for (const { id } of [mine, ours]) {
    const first = id === mine.id ? mine : ours;
    await policies.insert('acme', first);
    const more = Array.from({ length: 998 }, (_, n) => ({ ...first, version: n + 2 }));
    const proofs = more.map((each) => ({
      n: each.version,
      ...signed(opened.signing.signer, versionStatement('acme', each)),
    }));
    await asAdmin((client) =>
      client.query(
        `INSERT INTO tenant_acme.policies SELECT id, n, name, domain, level, org_unit, user_id, status, rules, may_grant,
             change_reason, created_by, created_at, NULL, "keyId", p.signature
         FROM tenant_acme.policies, jsonb_to_recordset($2) AS p(n integer, "keyId" text, signature text) WHERE id = $1`,
        [id, JSON.stringify(proofs)],
      ),
    );
  }
  const add = async (next: Policy) =>
    policies.change('acme', adding(next), { seen: await stateOf(next.id), beforeCommit: nothing });
  expect(await add({ ...mine, version: 1_000 })).toBe(true);
  const beyond = add({ ...mine, version: 1_001 });
  await expect(beyond).rejects.toMatchObject({ code: 'POLICY_LIMIT_REACHED' });
  await expect(beyond).rejects.toThrow('This policy has 1000 versions');
  expect(await add({ ...ours, version: 1_000 })).toBe(true);
  expect(await add({ ...ours, version: 1_001 })).toBe(true);
});
