import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '#domain/policy/policy.ts';
import { newId } from '#platform/new-id.ts';
import { policySetIsSigned } from '#stores/policy/signed-set.ts';
import { endStatement, isProof, signed, versionStatement } from '#stores/policy/version-proof.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { freshSigner } from '../../support/signing.ts';

const signing = freshSigner();
const text = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((one) => !one.includes('\0'));
const json = fc
  .dictionary(text, fc.jsonValue({ stringUnit: 'grapheme' }))
  .filter((value) => !JSON.stringify(value).includes('\\u0000'));

const policies: fc.Arbitrary<Policy> = fc.record({
  id: fc.uuid().map((id) => `pol_${id}`),
  name: text,
  domain: fc.constantFrom('models', 'actions', 'data'),
  scope: fc.constantFrom(
    { level: 'enterprise', orgUnit: null, userId: null },
    { level: 'team', orgUnit: 'engineering', userId: null },
    { level: 'user', orgUnit: null, userId: 'ada' },
  ),
  version: fc.integer({ min: 2, max: 2 ** 31 - 1 }),
  status: fc.constantFrom('draft', 'active'),
  rules: json,
  mayGrant: fc.option(json),
  basedOn: fc.constant(1),
  changeReason: text,
  createdBy: text,
  createdAt: fc
    .date({ min: new Date('2001-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString()),
});

/** One of each part of what is signed, as somebody else would have it. */
const changes: readonly ((policy: Policy) => Policy)[] = [
  (policy) => ({ ...policy, id: `${policy.id}x` }),
  (policy) => ({ ...policy, version: policy.version - 1 }),
  (policy) => ({ ...policy, name: `${policy.name} ` }),
  (policy) => ({ ...policy, domain: 'audit' }),
  (policy) => ({ ...policy, scope: { ...policy.scope, level: 'org' } }),
  (policy) => ({ ...policy, scope: { ...policy.scope, orgUnit: `${policy.scope.orgUnit}x` } }),
  (policy) => ({ ...policy, scope: { ...policy.scope, userId: `${policy.scope.userId}x` } }),
  (policy) => ({ ...policy, rules: { ...policy.rules, one: { more: [] } } }),
  (policy) => ({ ...policy, mayGrant: policy.mayGrant === null ? {} : null }),
  (policy) => ({ ...policy, basedOn: policy.version }),
  (policy) => ({ ...policy, changeReason: `${policy.changeReason}.` }),
  (policy) => ({ ...policy, createdBy: `${policy.createdBy}x` }),
  (policy) => ({ ...policy, createdAt: new Date(Date.parse(policy.createdAt) + 1).toISOString() }),
];

describe('the proof of a version', () => {
  it('holds for what was signed, in its tenant, by a known key, and for nothing else', () => {
    fc.assert(
      fc.property(policies, fc.constantFrom(...changes), (policy, changed) => {
        const proof = signed(signing.signer, versionStatement('acme', policy));
        const holds = (tenantId: string, other: Policy, by = signing) =>
          isProof(by, versionStatement(tenantId, other), proof);
        expect(holds('acme', policy)).toBe(true);
        expect(holds('globex', policy)).toBe(false);
        expect(holds('acme', changed(policy))).toBe(false);
        expect(holds('acme', policy, freshSigner())).toBe(false);
        expect(isProof(undefined, versionStatement('acme', policy), proof)).toBe(false);
        expect(isProof(signing, versionStatement('acme', policy), null)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('says nothing of how far its life has come', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const moved: Policy = { ...policy, status: 'deprecated', canaryFor: ['ada'] };
        expect(versionStatement('acme', moved)).toEqual(versionStatement('acme', policy));
      }),
    );
  });

  it('never passes for the word that a policy ended, nor for the set, and they not for it', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const { id, version } = policy;
        const ofVersion = signed(signing.signer, versionStatement('acme', policy));
        const ofEnd = signed(signing.signer, endStatement('acme', id, version));
        expect(isProof(signing, endStatement('acme', id, version), ofVersion)).toBe(false);
        expect(isProof(signing, versionStatement('acme', policy), ofEnd)).toBe(false);
        expect(isProof(signing, endStatement('acme', id, version + 1), ofEnd)).toBe(false);
        const signedAt = policy.createdAt;
        const set = { revision: 1, policies: [policy], signed: { ...ofVersion, digest: '', signedAt } };
        expect(policySetIsSigned(signing.verify, 'acme', set)).toBe(false);
      }),
    );
  });
});

describe('a version in the database', () => {
  let opened: TestStores;
  beforeAll(async () => {
    opened = await openTestStores();
  });
  afterAll(() => opened?.close());

  it('comes back as it was signed, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(policies, async (policy) => {
        const id = newId('policy');
        const scope = policy.scope.level === 'user' ? { ...policy.scope, userId: id } : policy.scope;
        const one: Policy = { ...policy, id, scope, status: 'draft' };
        expect(await opened.stores.policies.insert('acme', one)).toBe(true);
        const [stored] = await opened.stores.policies.versions('acme', one.id);
        expect(stored?.unproven).toBeUndefined();
      }),
      { numRuns: 60 },
    );
    expect(await opened.stores.policies.unproven('acme')).toEqual([]);
  });
});
