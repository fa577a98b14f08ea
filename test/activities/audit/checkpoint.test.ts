import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFolderPublisher } from '#activities/audit/heads/publish-to-folder.ts';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createHashSource } from '#transparency/hash-source.ts';
import {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '#transparency/proofs.ts';
import { statementDigest, type TreeHead } from '#transparency/statement.ts';
import { fromHex } from '#transparency/tree.ts';
import { createTrust } from '#transparency/trust.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { auditEntry } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { newSigner } from '../../support/sample-export.ts';
import { checkpointsIn } from '../../support/sign-head.ts';

const signer = newSigner('k1');
let opened: TestStores;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-heads-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function write(count: number, change: Partial<AuditEntry> = {}): Promise<AuditEntry[]> {
  const entries = Array.from({ length: count }, () => auditEntry(change));
  await opened.stores.ledger.record('acme', { decision: null, entries, dedupeKey: null });
  return entries;
}

function checkpoints(more: Partial<Parameters<typeof checkpointsIn>[1]> = {}) {
  const checkpoint = checkpointsIn(opened.stores, { signer, ...more });
  return async () => {
    const done = await checkpoint();
    return done.kind === 'broken' ? done.why : done.kind === 'signed' ? done.head : done.kind;
  };
}

async function signed(more = {}): Promise<TreeHead> {
  const head = await checkpoints(more)();
  if (typeof head === 'string') throw new Error(head);
  return head;
}

/** What nobody with the runtime login can do: a superuser who switches the triggers off first. */
async function tamper(...statements: string[]): Promise<void> {
  await withAdmin(opened.databases.auditAdminUrl, async (client) => {
    for (const table of ['tree_leaves', 'tree_nodes', 'tree_heads', 'audit_entries'])
      await client.query(`ALTER TABLE ledger.${table} DISABLE TRIGGER append_only`);
    for (const statement of statements) await client.query(statement);
  });
}

async function alarms(event: string): Promise<AuditEntry[]> {
  const entries = await entriesOf(opened.stores, 'acme', { actionType: 'administration' });
  return entries.filter((entry) => entry.event === event);
}

/** As once an hour. */
const whole = { wholeEvery: 1 };

describe('an audit checkpoint', () => {
  beforeAll(async () => {
    opened = await openTestStores();
  });
  afterAll(() => opened.close());

  it('signs a head over every entry, and another when nothing happened', async () => {
    const entries = await write(700);
    const first = await signed();
    expect(first.claims).toMatchObject({
      kind: 'audit-head',
      tenantId: 'acme',
      n: 1,
      size: 700,
      previous: null,
    });
    const second = await signed();
    expect(second.claims).toMatchObject({ n: 2, size: 700, rootHash: first.claims.rootHash });
    expect(second.claims.previous).toBe(statementDigest(first));
    const { keys } = await opened.stores.tree.state('acme');
    expect(createTrust([signer.publicKey], keys).distrust(second)).toBeUndefined();
    const places = await Promise.all(entries.map(({ id }) => opened.stores.tree.placeOf('acme', id)));
    expect(new Set(places).size).toBe(700);
    expect(await opened.stores.tree.placeOf('globex', entries[0]?.id ?? '')).toBeUndefined();
  });

  it('serves proofs that hold', async () => {
    const [entry] = await write(1);
    const older = await signed();
    await write(50);
    const newer = await signed();
    const source = createHashSource(opened.stores.tree.readHashes('acme'));
    const position = (await opened.stores.tree.placeOf('acme', entry?.id ?? '')) ?? -1;
    const stored = await opened.stores.auditEntries.get('acme', entry?.id ?? '', { kind: 'tenant' });
    const proof = await inclusionProof(source, position, newer.claims.size);
    const root = fromHex(newer.claims.rootHash);
    const leafHash = fromHex(stored?.leafHash ?? '');
    expect(verifyInclusion({ leafHash, position, size: newer.claims.size, proof, root })).toBe(true);
    const [from, to] = [older.claims.size, newer.claims.size];
    const consistency = { from, to, fromRoot: fromHex(older.claims.rootHash), toRoot: root };
    expect(verifyConsistency({ ...consistency, proof: await consistencyProof(source, from, to) })).toBe(true);
  });

  it('gives every entry one place while many write and two workers sequence', async () => {
    const before = (await opened.stores.tree.state('acme')).leaves;
    const run = checkpoints();
    const writes = Array.from({ length: 20 }, () => write(10));
    const runs = Array.from({ length: 6 }, () => run());
    const results = await Promise.all([...writes, ...runs]);
    expect(results).toHaveLength(26);
    const last = await signed();
    expect(last.claims.size).toBe(before + 200);
    expect(await opened.stores.tree.differences('acme', { from: 0, to: 9_999, limit: 10 })).toEqual([]);
  });

  it('finds an entry that was put where nothing new is looked for, within the hour', async () => {
    const late = await write(1);
    await tamper(`UPDATE ledger.audit_entries SET arrived = NULL WHERE id = '${late[0]?.id}'`);
    const size = (await signed()).claims.size;
    expect(await opened.stores.tree.placeOf('acme', late[0]?.id ?? '')).toBeUndefined();
    expect((await signed(whole)).claims.size).toBe(size + 1);
  });

  it('introduces a new key by the old one, so that holders of the old one follow', async () => {
    const next = newSigner('k2');
    const head = await signed({ signer: next, previousSigner: signer });
    const { keys } = await opened.stores.tree.state('acme');
    expect(head.keyId).toBe('k2');
    expect(createTrust([signer.publicKey], keys).distrust(head)).toBeUndefined();
    expect(createTrust([newSigner('k1').publicKey], keys).distrust(head)).toBe('unknown_key');
    const back = await signed({ signer, trustedKeys: [next.publicKey] });
    expect(back.keyId).toBe('k1');
    expect(await checkpoints({ signer: newSigner('k3') })()).toBe('head_not_ours');
  });

  it('says which entry is gone or changed', async () => {
    const [gone, changed] = await write(2);
    await signed();
    await tamper(
      `DELETE FROM ledger.audit_entries WHERE id = '${gone?.id}'`,
      `UPDATE ledger.audit_entries SET leaf_hash = sha256('x') WHERE id = '${changed?.id}'`,
    );
    await signed(whole);
    const told = (await alarms('audit.entry_differs')).map(({ metadata }) => [
      metadata.entry_id,
      metadata.kind,
    ]);
    expect(told.toSorted()).toEqual(
      [
        [gone?.id, 'gone'],
        [changed?.id, 'changed'],
      ].toSorted(),
    );
  });
});

describe('a tree that was tampered with', () => {
  beforeAll(async () => {
    opened = await openTestStores();
    await write(600);
    await signed();
    await write(20);
    await signed();
  });
  afterAll(() => opened.close());

  const brokenBy = async (change: string, undo: string, more = {}) => {
    await tamper(change);
    const why = await checkpoints(more)();
    await tamper(undo);
    return why;
  };

  it('gets no head for a leaf of the last tile, at once, and tells', async () => {
    const flip = (tail: string) => `UPDATE ledger.tree_leaves SET leaf_hash = ${tail} WHERE position = 610`;
    await tamper('CREATE TABLE public.kept AS SELECT * FROM ledger.tree_leaves');
    const undo = flip('(SELECT leaf_hash FROM public.kept WHERE position = 610)');
    expect(await brokenBy(flip(`sha256('other')`), undo)).toBe('root_differs');
    expect(await alarms('audit.tree_broken')).toMatchObject([
      { outcome: 'error', metadata: { head: 2, why: 'root_differs' } },
    ]);
    expect(typeof (await checkpoints()())).toBe('object');
  });

  it('gets none for an older leaf, within the hour', async () => {
    const flip = (tail: string) => `UPDATE ledger.tree_leaves SET leaf_hash = ${tail} WHERE position = 7`;
    const undo = flip('(SELECT leaf_hash FROM public.kept WHERE position = 7)');
    expect(await brokenBy(flip(`sha256('other')`), undo, whole)).toBe('root_differs');
    const node = `UPDATE ledger.tree_nodes SET hash = sha256('other') WHERE index = 0`;
    expect(await brokenBy(node, 'SELECT 1')).toBe('root_differs');
  });

  it('gets none when leaves are lost, or the database is older than what was published', async () => {
    const files = createFolderPublisher(folder);
    await tamper(
      'DELETE FROM ledger.tree_nodes',
      'DELETE FROM ledger.tree_leaves WHERE position >= 600',
      'DELETE FROM ledger.audit_entries',
    );
    expect(await checkpoints()()).toBe('rolled_back');
    const { head } = await opened.stores.tree.state('acme');
    if (head === null) throw new Error('there is a head');
    await files.publish({ tenantId: 'acme', head, keys: [], grew: true });
    await tamper('DELETE FROM ledger.tree_heads WHERE n > 1');
    const lastPublished = (tenantId: string) => files.last(tenantId);
    expect(await checkpoints({ lastPublished })()).toBe('rolled_back');
    const [line = ''] = readFileSync(
      join(folder, 'acme', `${head.claims.at.slice(0, 7)}.jsonl`),
      'utf8',
    ).split('\n');
    expect(JSON.parse(line)).toEqual(head);
    appendFileSync(join(folder, 'acme', `${head.claims.at.slice(0, 7)}.jsonl`), '{"cut');
    expect(await files.last('acme')).toEqual(head);
  });
});
