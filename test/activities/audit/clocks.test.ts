import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import { signStatement, statementDigest, type TreeHead } from '#transparency/statement.ts';
import { openAuditTree } from '../../support/audit-tree.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { proofOf } from '../../support/proven-entry.ts';
import { newSigner } from '../../support/sample-export.ts';
import { checkpointsIn, treeAt } from '../../support/sign-head.ts';

const second = 1_000;
const hour = 3_600 * second;
const offsets = {
  '-49 h': -49 * hour,
  '-1 h': -hour,
  '-5 min': -300 * second,
  '-1 s': -second,
  '0': 0,
  '+1 s': second,
  '+5 min': 300 * second,
  '+1 h': hour,
  '+49 h': 49 * hour,
  '+10 years': 87_660 * hour,
};
const cells = Object.entries(offsets).flatMap(([name, byMs]) =>
  (['before the first head', 'between two', 'after a head'] as const).map((moment) => ({
    name,
    byMs,
    moment,
  })),
);
const lateMs = 180_000;

const signer = newSigner('k1');
let opened: TestStores;
let tenants = 0;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

function newTree() {
  tenants += 1;
  const log = openAuditTree(opened, `clock-${tenants}`);
  const checkpoint = checkpointsIn(opened.stores, { signer });
  return { ...log, checkpoint: () => checkpoint(log.tenantId) };
}

/** As a worker of the release before signed it, by its own clock. */
async function signAs(tenantId: string, byMs: number): Promise<TreeHead> {
  const { head, leaves } = await opened.stores.tree.state(tenantId);
  const at = new Date(Date.now() + byMs).toISOString();
  const { tree } = opened.stores;
  let made: TreeHead | undefined;
  // What is signed is right in all but its time; the database of that release looked at no time.
  await checkpointsIn(opened.stores, {
    signer,
    tree: {
      ...tree,
      addHead: async (_tenant, { claims }) => {
        made = signStatement(signer.signer, {
          ...claims,
          at: head !== null && head.claims.at > at ? head.claims.at : at,
        });
        return true;
      },
    },
  })(tenantId);
  if (made === undefined) throw new Error('nothing was signed');
  const { claims, keyId, signature } = made;
  await withAdmin(opened.databases.auditAdminUrl, (client) =>
    client.query(
      `INSERT INTO ledger.tree_heads (tenant_id, n, size, root_hash, at, previous, key_id, signature, recorded_at)
       VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8, NULL)`,
      [tenantId, claims.n, claims.size, claims.rootHash, claims.at, claims.previous, keyId, signature],
    ),
  );
  expect(claims.size).toBeGreaterThanOrEqual(leaves);
  return made;
}

async function expectInOrder(tenantId: string): Promise<void> {
  const heads = await opened.stores.tree.headsFrom(tenantId, 1, 100);
  const times = heads.map(({ claims }) => claims.at);
  expect(times).toEqual(times.toSorted());
  for (const [n, head] of heads.slice(1).entries())
    expect(head.claims.previous).toBe(statementDigest(heads[n] ?? head));
}

describe.each(cells)('with a clock off by $name, $moment', ({ byMs, moment }) => {
  it('entries that a worker or gateway dates by it have their places at the next checkpoint', async () => {
    const log = newTree();
    if (moment !== 'before the first head') {
      await log.append(Date.now());
      await log.checkpoint();
    }
    const written = log.append(Date.now() + byMs).then(
      () => true,
      () => false,
    );
    // There is no month for it: nothing is written, and nothing is done.
    expect(await written).toBe(byMs < 9_000 * hour);
    if (moment === 'between two') await log.append(Date.now());
    expect(await log.checkpoint()).toMatchObject({ kind: 'signed', isAhead: false });
    await log.append(Date.now());
    expect(await log.checkpoint()).toMatchObject({ kind: 'signed', isAhead: false });
    expect(await log.waiting()).toBe(0);
    // One that is dated more than a day back may be told as such, where a day has ended in between.
    const found = await log.findings(signer.publicKey);
    expect(byMs < -24 * hour ? found.filter((kind) => kind !== 'back_dated') : found).toEqual([]);
    expect(await opened.stores.tree.delays(log.tenantId, lateMs)).toMatchObject({ entryId: null });
  });

  it('the database takes no head that is dated ahead of its own, and entries get their places all the same', async () => {
    const log = newTree();
    if (moment !== 'before the first head') {
      await log.append(Date.now());
      await log.checkpoint();
    }
    await log.append(Date.now());
    const tree = treeAt(opened.stores.tree, () => new Date(Date.now() + byMs));
    const signed = checkpointsIn(opened.stores, { signer, tree })(log.tenantId);
    if (byMs > 0) await expect(signed).rejects.toThrow();
    else expect(await signed).toMatchObject({ kind: 'signed' });
    expect(await log.waiting()).toBe(0);
    if (moment === 'between two') await log.append(Date.now());
    expect(await log.checkpoint()).toMatchObject({ kind: 'signed', isAhead: false });
    expect(await log.waiting()).toBe(0);
    await expectInOrder(log.tenantId);
    expect(await log.findings(signer.publicKey)).toEqual([]);
  });

  it('a head that is there from a release before holds nothing up: entries have places, heads follow, the log verifies', async () => {
    const log = newTree();
    await log.append(Date.now());
    if (moment !== 'before the first head') await log.checkpoint();
    const bad = await signAs(log.tenantId, byMs);
    if (moment === 'between two') {
      await log.append(Date.now());
      expect(await log.waiting()).toBe(1);
    }
    await log.append(Date.now());
    const isAhead = byMs > 0;
    for (let n = 0; n < 2; n += 1) {
      expect(await log.checkpoint()).toMatchObject({ kind: 'signed', isAhead });
      expect(await log.waiting()).toBe(0);
      await log.append(Date.now());
    }
    const done = await log.checkpoint();
    if (done.kind !== 'signed') throw new Error(done.kind);
    if (isAhead) expect(done.head.claims.at).toBe(bad.claims.at);
    await expectInOrder(log.tenantId);
    expect(await log.findings(signer.publicKey)).toEqual([]);
    const { headMs, entryId } = await opened.stores.tree.delays(log.tenantId, lateMs);
    expect([headMs !== null && headMs < 60_000, entryId]).toEqual([true, null]);
  });
});

describe('a head whose time goes back', () => {
  it('is not taken by the database, since verifiers would refuse it', async () => {
    const log = newTree();
    await log.append(Date.now());
    await log.checkpoint();
    await log.append(Date.now());
    const tree: TreeStore = {
      ...opened.stores.tree,
      addHead: (tenantId, { claims }, ...rest) => {
        const at = new Date(Date.now() - hour).toISOString();
        return opened.stores.tree.addHead(tenantId, signStatement(signer.signer, { ...claims, at }), ...rest);
      },
    };
    await expect(checkpointsIn(opened.stores, { signer, tree })(log.tenantId)).rejects.toThrow();
    expect(await log.checkpoint()).toMatchObject({ kind: 'signed' });
  });
});

describe('entries without a place', () => {
  const age = (tenantId: string, by: string) =>
    withAdmin(opened.databases.auditAdminUrl, async (client) => {
      await client.query('ALTER TABLE ledger.audit_entries DISABLE TRIGGER append_only');
      await client.query(
        `UPDATE ledger.audit_entries SET recorded_at = now() + $2::interval WHERE tenant_id = $1`,
        [tenantId, by],
      );
      await client.query('ALTER TABLE ledger.audit_entries ENABLE ALWAYS TRIGGER append_only');
    });

  it.each([
    ['-10 years', true],
    ['-49 hours', true],
    ['-4 minutes', true],
    ['-2 minutes', false],
    ['2 minutes', false],
    ['4 minutes', true],
    ['49 hours', true],
  ])(
    'that arrived at %s by the database’s clock: told is %s, with a head before or without, until they have one',
    async (by, told) => {
      for (const withHead of [false, true]) {
        const log = newTree();
        if (withHead) await log.checkpoint();
        await log.append(Date.now());
        await age(log.tenantId, by);
        const { entryId } = await opened.stores.tree.delays(log.tenantId, lateMs);
        expect(entryId !== null).toBe(told);
        await log.checkpoint();
        expect(await opened.stores.tree.delays(log.tenantId, lateMs)).toMatchObject({ entryId: null });
      }
    },
  );

  it('get one at the next checkpoint when their transaction ended long after later ones', async () => {
    const log = newTree();
    await log.append(Date.now());
    const slow = { id: 'aud_slow', timestamp: new Date().toISOString(), leafHash: 'ab'.repeat(32) };
    await withAdmin(opened.databases.auditAdminUrl, async (client) => {
      await client.query('BEGIN');
      // Written, and not committed yet: others are written and placed meanwhile.
      await client.query(
        `INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, subject, "timestamp", action_type, event, personal, sealed,
           data_accessed, policy_applied, policy_reason, outcome, metadata, leaf_hash, proof)
         VALUES ($2, $1, '', 'sub_slow', $3, 'read', 'audit.read', sha256(''), '', '[]', '', '', 'success', '{}',
           decode($4, 'hex'), decode($5, 'base64'))`,
        [
          log.tenantId,
          slow.id,
          slow.timestamp,
          slow.leafHash,
          await proofOf(opened.stores, log.tenantId, slow),
        ],
      );
      for (let n = 0; n < 3; n += 1) {
        await log.append(Date.now());
        await log.checkpoint();
      }
      expect(await opened.stores.tree.placeOf(log.tenantId, 'aud_slow')).toBeUndefined();
      await client.query('COMMIT');
    });
    await log.checkpoint();
    expect(await opened.stores.tree.placeOf(log.tenantId, 'aud_slow')).toBe(4);
  });

  it('get one when the data are on another server, whose transactions count from a lower number', async () => {
    const log = newTree();
    await log.checkpoint();
    await withAdmin(opened.databases.auditAdminUrl, async (client) => {
      await client.query('ALTER TABLE ledger.tree_heads DISABLE TRIGGER append_only');
      await client.query('UPDATE ledger.tree_heads SET placed_before = 1000000000000 WHERE tenant_id = $1', [
        log.tenantId,
      ]);
      await client.query('ALTER TABLE ledger.tree_heads ENABLE ALWAYS TRIGGER append_only');
    });
    await log.append(Date.now());
    await log.checkpoint();
    expect(await log.waiting()).toBe(0);
  });
});
