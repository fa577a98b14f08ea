import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createPolicyCache, type RefusedSet } from '#governance/policy/cache.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { type PolicySet, signPolicySet } from '#stores/policy/signed-set.ts';
import { freshSigner } from '../../support/signing.ts';

const { signer, verify } = freshSigner();
const shipped = shippedPolicies({ by: 'installation', at: new Date('2026-01-01T00:00:00Z') });

function signedSet(revision: number, policies: readonly Policy[] = shipped, tenantId = 'acme'): PolicySet {
  const set = { revision, policies, signed: null };
  return { ...set, signed: signPolicySet(signer, { tenantId, set, at: new Date() }) };
}

/** A store that answers as it is told, and what is held of it; time goes by hand. */
function holding(first: PolicySet | Error = signedSet(1)) {
  const clock = { at: 0 };
  const refused: RefusedSet[] = [];
  const store = { answer: first, reads: 0 };
  const held = createPolicyCache({
    readPolicies: async () => {
      store.reads += 1;
      if (store.answer instanceof Error) throw store.answer;
      return store.answer;
    },
    verify,
    maxAgeMs: 60_000,
    monotonicMs: () => clock.at,
    onRefused: (one) => refused.push(one),
  });
  const revision = async () => (await held.read('acme')).revision;
  return { clock, refused, store, held, revision };
}

describe('held policies', () => {
  it('are read once for many decisions', async () => {
    const { store, revision } = holding();
    expect(await Promise.all([revision(), revision(), revision()])).toEqual([1, 1, 1]);
    expect(await revision()).toBe(1);
    expect(store.reads).toBe(1);
  });

  it('are read again when the time is over, and not before', async () => {
    const { clock, store, revision } = holding();
    await revision();
    store.answer = signedSet(2);
    clock.at = 59_999;
    expect(await revision()).toBe(1);
    clock.at = 60_000;
    expect(await revision()).toBe(2);
  });

  it('are read again at once when somebody says that they changed', async () => {
    const { store, held, revision } = holding();
    await revision();
    store.answer = signedSet(2);
    held.forget('globex');
    expect(await revision()).toBe(1);
    held.forget('acme');
    expect(await revision()).toBe(2);
    store.answer = signedSet(3);
    held.forgetAll();
    expect(await revision()).toBe(3);
  });

  it('are not held from a read that began before the news', async () => {
    const answers: ((set: PolicySet) => void)[] = [];
    const held = createPolicyCache({
      readPolicies: () => new Promise((resolve) => answers.push(resolve)),
      verify,
      maxAgeMs: 60_000,
      monotonicMs: () => 0,
    });
    const early = held.read('acme');
    held.forget('acme');
    const late = held.read('acme');
    answers[1]?.(signedSet(2));
    expect((await late).revision).toBe(2);
    answers[0]?.(signedSet(1));
    await early;
    expect((await held.read('acme')).revision).toBe(2);
    expect(held.degraded()).toEqual([]);
    expect(answers).toHaveLength(2);
  });
});

describe('while the newest can not be had', () => {
  it('there is nothing to decide by at the start', async () => {
    const { store, held, revision } = holding(new Error('away'));
    await expect(revision()).rejects.toThrow('away');
    await expect(revision()).rejects.toThrow('away');
    expect(held.degraded()).toEqual(['acme']);
    store.answer = signedSet(1);
    expect(await revision()).toBe(1);
    expect(held.degraded()).toEqual([]);
  });

  it('the last good ones stay, for as long as it takes, and nobody waits', async () => {
    const { clock, store, held, revision } = holding();
    await revision();
    store.answer = new Error('away');
    clock.at = 60_000;
    expect(await revision()).toBe(1);
    expect(held.degraded()).toEqual(['acme']);
    clock.at = 10 * 86_400_000;
    expect(await revision()).toBe(1);
    await setImmediate();
    store.answer = signedSet(2);
    clock.at += 5_000;
    await revision();
    await setImmediate();
    expect(await revision()).toBe(2);
    expect(held.degraded()).toEqual([]);
  });

  it('a tenant that is gone has none', async () => {
    const { clock, store, held, revision } = holding();
    await revision();
    store.answer = new CodedError('TENANT_UNKNOWN');
    clock.at = 60_000;
    await expect(revision()).rejects.toMatchObject({ code: 'TENANT_UNKNOWN' });
    await expect(revision()).rejects.toMatchObject({ code: 'TENANT_UNKNOWN' });
    expect(held.degraded()).toEqual([]);
  });
});

describe('a stored set is refused', () => {
  const whole = signedSet(7);
  const [first, ...rest] = shipped;
  if (first === undefined) throw new Error('policies expected');
  const spoilt = { ...first, rules: { default_autonomy: 'whatever' } };

  const cases: [string, PolicySet, RefusedSet['why']][] = [
    ['without a signature', { ...whole, signed: null }, 'unsigned'],
    [
      'with a policy slipped in',
      { ...whole, policies: [...shipped, { ...first, id: 'pol_x' }] },
      'signature',
    ],
    ['with a policy taken away', { ...whole, policies: rest }, 'signature'],
    ['with a rule changed', { ...whole, policies: [{ ...first, rules: {} }, ...rest] }, 'signature'],
    ['with the revision moved on', { ...whole, revision: 8 }, 'signature'],
    ['of another tenant', signedSet(7, shipped, 'globex'), 'signature'],
    [
      'signed by a stranger',
      {
        ...whole,
        signed: signPolicySet(freshSigner().signer, { tenantId: 'acme', set: whole, at: new Date() }),
      },
      'signature',
    ],
    ['that is older than one in force', signedSet(4), 'older'],
    ['with rules that fit no domain', signedSet(7, [spoilt, ...rest]), 'schema'],
    ['emptied', { revision: 7, policies: [], signed: null }, 'unsigned'],
  ];

  it.each(cases)('%s, and the last good one stays', async (_, set, why) => {
    const { store, held, refused, revision } = holding(signedSet(5));
    await revision();
    store.answer = set;
    held.forget('acme');
    expect(await revision()).toBe(5);
    expect(refused).toMatchObject([{ tenantId: 'acme', revision: set.revision, why }]);
    expect(held.degraded()).toEqual(['acme']);
    store.answer = signedSet(8);
    held.forget('acme');
    expect(await revision()).toBe(8);
    expect(held.degraded()).toEqual([]);
  });

  it.each(cases.filter(([, , why]) => why !== 'older').slice(0, -1))(
    '%s, and at the start that means nothing is allowed',
    async (_, set) => {
      const { revision } = holding(set);
      await expect(revision()).rejects.toThrow('refused');
    },
  );

  it('but not when it is that of a new tenant, in which nothing is allowed either', async () => {
    const { held } = holding({ revision: 1, policies: [], signed: null });
    expect(await held.read('acme')).toMatchObject({ policies: [] });
    expect(held.degraded()).toEqual([]);
  });
});
