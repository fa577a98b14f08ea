import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HeadPublisher, Publication } from '#activities/audit/heads/head-publisher.ts';
import { publishMissing } from '#activities/audit/heads/publish-missing.ts';
import { checkAuditHeads } from '#gateway/status/check-audit-heads.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { TreeHead } from '#transparency/statement.ts';
import type { TreeSigner } from '#transparency/tree-signer.ts';
import { auditEntry } from '../../../support/examples.ts';
import { openTestStores, type TestStores } from '../../../support/open-test-stores.ts';
import { newSigner } from '../../../support/sample-export.ts';
import { signHead } from '../../../support/sign-head.ts';

const first = newSigner('k1');
let opened: TestStores;
/** Set, it is what the places answer with. */
let away: Error | undefined;
let got: { place: string; of: string; keys: string[]; grew: boolean }[] = [];
let told: string[] = [];

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());
beforeEach(() => {
  away = undefined;
  got = [];
  told = [];
});

function place(name: HeadPublisher['name'], accepts: (publication: Publication) => boolean = () => true) {
  return {
    name,
    async publish(publication: Publication) {
      if (away !== undefined) throw away;
      if (!accepts(publication)) throw new Error('not this one');
      const { tenantId, head, keys, grew } = publication;
      const of = `${tenantId} ${head.claims.n}`;
      got.push({ place: name, of, keys: keys.map(({ claims }) => claims.keyId), grew });
    },
  };
}

const sign = (
  tenantId: string,
  signers: { signer: TreeSigner; previousSigner?: TreeSigner } = { signer: first },
) => signHead(opened.stores, tenantId, signers);

const publish = (heads: TreeHead[], publishers: HeadPublisher[], limitMs?: number) =>
  publishMissing(heads, {
    ...opened.stores,
    publishers,
    onProgress: () => {},
    onFailure: async ({ tenantId, head }, to) => {
      told.push(`${tenantId} ${head.claims.n} to ${to}`);
    },
    ...(limitMs === undefined ? {} : { limitMs }),
  });

const heads = () => got.map(({ of }) => of);

describe('published heads', () => {
  it('begin with the newest one and every key, where a place is new', async () => {
    await sign('acme');
    const head = await sign('acme');
    expect(await publish([head], [place('webhook')])).toBe(0);
    expect(got).toEqual([{ place: 'webhook', of: 'acme 2', keys: ['k1'], grew: true }]);
    expect(await publish([head], [place('webhook')])).toBe(0);
    expect(got).toHaveLength(1);
  });

  it('that a place missed are made up for, in order, once it is there again', async () => {
    away = new Error('connection refused');
    for (const _minute of [3, 4, 5]) expect(await publish([await sign('acme')], [place('webhook')])).toBe(1);
    await opened.stores.ledger.record('acme', { decision: null, entries: [auditEntry()], dedupeKey: null });
    const newest = await sign('acme');
    expect(await publish([newest], [place('webhook')])).toBe(1);
    expect(told).toEqual(Array.from({ length: 4 }, () => 'acme 3 to webhook'));
    expect(got).toEqual([]);
    away = undefined;
    expect(await publish([newest], [place('webhook')])).toBe(0);
    expect(heads()).toEqual(['acme 3', 'acme 4', 'acme 5', 'acme 6']);
    expect(got.map(({ grew }) => grew)).toEqual([false, false, false, true]);
    expect(got.flatMap(({ keys }) => keys)).toEqual([]);
  });

  it('stop at the first that fails, for that place and tenant alone', async () => {
    await sign('acme');
    const ends = [await sign('acme'), await sign('globex')];
    const picky = place('webhook', ({ head }) => head.claims.tenantId === 'globex' || head.claims.n < 8);
    expect(await publish(ends, [picky, place('bucket')])).toBe(1);
    const at = (name: string) => got.filter((one) => one.place === name).map(({ of }) => of);
    expect(at('webhook').toSorted()).toEqual(['acme 7', 'globex 1']);
    expect(at('bucket').toSorted()).toEqual(['acme 8', 'globex 1']);
    expect(await publish(ends, [place('webhook')])).toBe(0);
    expect(at('webhook').at(-1)).toBe('acme 8');
  });

  it('come with the keys when the key changes', async () => {
    const next = newSigner('k2');
    const head = await sign('acme', { signer: next, previousSigner: first });
    await publish([head], [place('webhook')]);
    expect(got.map(({ keys }) => keys)).toEqual([['k1', 'k2']]);
    await sign('acme', { signer: next });
    await publish([await sign('acme', { signer: next })], [place('webhook')]);
    expect(got.slice(1).map(({ of, keys }) => [of, keys])).toEqual([
      ['acme 10', []],
      ['acme 11', []],
    ]);
  });

  it('that time runs out for are due again, and nothing is lost', async () => {
    const head = await sign('globex');
    expect(await publish([head], [place('webhook')], -1)).toBe(1);
    expect([got, told]).toEqual([[], []]);
    expect(await publish([head], [place('webhook')])).toBe(0);
    expect(heads()).toEqual(['globex 2']);
  });

  it('make the status of the audit log degraded when they stay away for minutes', async () => {
    const check = () => checkAuditHeads(opened.stores)();
    await expect(check()).resolves.toBeUndefined();
    const age = (change: string) =>
      withAdmin(opened.databases.adminUrl, (client) =>
        client.query(
          `UPDATE openclaw.head_publications SET ${change} WHERE tenant_id = 'acme' AND place = 'bucket'`,
        ),
      );
    await age(`head_at = now() - interval '11 minutes'`);
    await expect(check()).rejects.toThrow('acme: its heads do not reach the bucket since number 8');
    // Nobody configures the place any more.
    await age(`wanted_at = now() - interval '11 minutes'`);
    await expect(check()).resolves.toBeUndefined();
    // One that never had any.
    await age(`wanted_at = now(), head_at = NULL, since = now() - interval '11 minutes'`);
    await expect(check()).rejects.toThrow('bucket');
  });
});
