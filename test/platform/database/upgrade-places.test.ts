import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSignHead } from '#activities/audit/heads/sign-head.ts';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { runDdl } from '#platform/database/ddl.ts';
import { roleNames } from '#platform/database/names.ts';
import { createDatabase, type Database } from '#platform/database/pool.ts';
import { entryKind } from '#stores/audit/entry-proof.ts';
import { createTreeStore, type TreeStore } from '#stores/audit/tree.ts';
import { createRowProofs } from '#stores/key/row-proofs.ts';
import { leafHash, setApart } from '#transparency/leaf.ts';
import { signStatement, statementDigest } from '#transparency/statement.ts';
import { createTreeBuilder, toHex } from '#transparency/tree.ts';
import { createTestDatabases, type TestDatabases } from '../../support/database.ts';
import { auditEntry } from '../../support/examples.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { newSigner } from '../../support/sample-export.ts';

const folder = join(import.meta.dirname, '../../../platform/database/migrations/audit');
const files = globSync('*.sql', { cwd: folder }).toSorted();
const hour = 3_600_000;
const signer = newSigner('k1');
const rowProofs = createRowProofs({ envelope: freshEnvelope(), ready: async () => {} });

let databases: TestDatabases;
let name: string;
let pool: Database;
let tree: TreeStore;

async function migrateBy(client: Client, wanted: readonly string[]): Promise<void> {
  for (const file of wanted) {
    await client.query('BEGIN');
    await client.query(readFileSync(join(folder, file), 'utf8'));
    await client.query('COMMIT');
  }
}

/** A ledger of the release before, in a database of its own. */
beforeAll(async () => {
  databases = await createTestDatabases();
  name = `${databases.prefix}_${randomBytes(6).toString('hex')}_old`;
  await withAdmin(inject('postgresAdminUrl'), (client) => runDdl(client, 'CREATE DATABASE %I', name));
});
afterAll(async () => {
  await pool?.close();
  await withAdmin(inject('postgresAdminUrl'), (client) =>
    runDdl(client, 'DROP DATABASE IF EXISTS %I WITH (FORCE)', name),
  );
  await databases?.drop();
});

const urlOf = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

const record = (client: Client, entries: readonly object[]) =>
  client.query('SELECT ledger.record($1, NULL, $2, NULL)', ['acme', JSON.stringify(entries)]);

const at = (byMs: number) => new Date(Date.now() + byMs).toISOString();

function older(byMs: number): AuditEntry & { leafHash: string } {
  const entry = auditEntry({ timestamp: at(byMs) });
  return { ...entry, leafHash: leafHash(entry) };
}

function newer(byMs: number) {
  const { leaf } = setApart(auditEntry({ timestamp: at(byMs) }), 'sub_somebody');
  return { ...leaf, sealed: '', leafHash: leafHash(leaf) };
}

/** As the worker of that release did it, whose clock is two days ahead. */
async function checkpointOfOld(client: Client, store: TreeStore): Promise<void> {
  const { head } = await store.state('acme');
  const since = head === null ? null : new Date(Date.parse(head.claims.at) - 300_000);
  await client.query('SELECT ledger.sequence($1, $2, 1000)', ['acme', since]);
  const { leaves } = await store.state('acme');
  const bytes = await store.readHashes('acme')(0, 0, Math.max(1, leaves));
  const builder = createTreeBuilder();
  for (let from = 0; from < bytes.length; from += 32) builder.append(bytes.subarray(from, from + 32));
  const signed = signStatement(signer.signer, {
    kind: 'audit-head',
    tenantId: 'acme',
    n: (head?.claims.n ?? 0) + 1,
    size: leaves,
    rootHash: toHex(builder.root()),
    at: at(49 * hour),
    previous: head === null ? null : statementDigest(head),
  });
  await client.query(`SELECT ledger.add_head($1, $2, '[]')`, ['acme', JSON.stringify(signed)]);
}

describe('a ledger of the release before, with one head whose time is ahead and entries in both forms', () => {
  it('gives every entry its place after the upgrade, and none to the older form from then on', async () => {
    const since = Date.now();
    const before = { older: [older(-5_000), older(-4_000)], newer: [newer(-3_000)] };
    const unplaced = { older: [older(-2_000)], newer: [newer(-1_000), newer(0)] };
    await withAdmin(urlOf(databases.auditAdminUrl), async (client) => {
      await client.query('SELECT set_config($1, $2, false)', ['openclaw.prefix', databases.prefix]);
      await migrateBy(
        client,
        files.filter((file) => file < '0011'),
      );
      await runDdl(client, 'SET ROLE %I', roleNames(databases.prefix).ledgerOwner);
      await client.query('SELECT ledger.make_partitions(1, 12)');
      await client.query('RESET ROLE');
      pool = createDatabase(urlOf(databases.auditDatabaseUrl));
      tree = createTreeStore({ pool, rowProofs });
      await record(client, [...before.older, ...before.newer]);
      await checkpointOfOld(client, tree);
      await record(client, [...unplaced.older, ...unplaced.newer]);
      // What was reported: for 49 hours nothing new is looked at.
      await checkpointOfOld(client, tree);
      expect((await tree.state('acme')).leaves).toBe(3);

      await migrateBy(client, ['0011_places.sql']);
      expect(await tree.placeOf('acme', unplaced.older[0]?.id ?? '')).toBeDefined();
      // 49 hours from the moment at which it was signed, which was in between.
      const { headMs } = await tree.delays('acme', 180_000);
      expect(headMs).toBeGreaterThanOrEqual(49 * hour - (Date.now() - since));

      const late = older(-15 * 60_000);
      const told: string[] = [];
      await client.query(
        `INSERT INTO ledger.audit_entries (id, tenant_id, org_unit, user_id, "timestamp", action_type, event, action_detail,
           data_accessed, policy_applied, policy_reason, outcome, metadata, leaf_hash)
         VALUES ($1, 'acme', '', 'u', $2, 'read', 'audit.read', 'd', '[]', '', '', 'success', '{}', decode($3, 'hex'))`,
        [late.id, late.timestamp, late.leafHash],
      );
      // A worker of the release before, while the upgrade goes on: its places are right, and its head is not taken.
      await record(client, [newer(0)]);
      await client.query('SELECT ledger.sequence($1, $2, 1000)', ['acme', at(48 * hour)]);
      expect((await tree.state('acme')).leaves).toBe(7);
      const ahead = { claims: { ...(await tree.state('acme')).head?.claims, n: 3, at: at(60 * hour) } };
      await expect(
        client.query(`SELECT ledger.add_head($1, $2, '[]')`, ['acme', JSON.stringify(ahead)]),
      ).rejects.toThrow('is dated');

      // No place yet when proofs begin, and none of these has one.
      const bare = newer(0);
      await record(client, [bare]);
      await migrateBy(
        client,
        files.filter((file) => file > '0011_places.sql'),
      );
      expect(await tree.placeOf('acme', bare.id)).toBe(7);
      expect(await tree.unproven('acme', { from: 0, to: 8 })).toEqual([]);
      await expect(record(client, [newer(0)])).rejects.toThrow('no proof');
      const proofs = await rowProofs.of('acme');
      const proven = () => {
        const { id, timestamp, leafHash: hash, ...rest } = newer(0);
        const proof = Buffer.from(proofs.prove(entryKind, { id, timestamp, leafHash: hash })).toString(
          'base64',
        );
        return { ...rest, id, timestamp, leafHash: hash, proof };
      };
      // Whoever writes one without our keys: it is told of, and the others get their places.
      const foreign = { ...newer(0), proof: proven().proof };
      await record(client, [foreign]);

      const sign = createSignHead({
        tree,
        signer,
        trustedKeys: [],
        lastPublished: async () => undefined,
        recordEvent: async () => {},
        recordGaps: async (_tenant, found) => {
          told.push(...found.map(({ ref }) => ref));
          return found;
        },
      });
      for (let n = 0; n < 2; n += 1) {
        const entry = proven();
        await record(client, [entry]);
        expect(await sign('acme', () => {})).toMatchObject({ kind: 'signed', isAhead: true });
        expect(await tree.placeOf('acme', entry.id)).toBe(8 + n);
      }
      for (const { id } of [...unplaced.newer, ...before.newer])
        expect(await tree.placeOf('acme', id)).toBeDefined();
      expect(await tree.placeOf('acme', late.id)).toBeUndefined();
      expect(await tree.placeOf('acme', foreign.id)).toBeUndefined();
      expect(new Set(told)).toEqual(new Set([late.id, foreign.id]));
      expect(await tree.delays('acme', 180_000)).toMatchObject({ entryId: null });
      // As old as it is, by the database's clock, whatever the date of the head before it.
      expect((await tree.delays('acme', 180_000)).headMs).toBeLessThanOrEqual(Date.now() - since + 1);
    });
  });
});
