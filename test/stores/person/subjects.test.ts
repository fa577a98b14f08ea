import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { newId } from '#platform/new-id.ts';
import { createSubjectStore } from '#stores/person/subjects.ts';
import { leafHash } from '#transparency/leaf.ts';
import { auditEntry, effect } from '../../support/examples.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { insertOlder } from '../../support/older-entry.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { erasedWord } from '../../support/sample-export.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

/** Every row of every table of the audit database, as text. */
async function everythingRecorded(): Promise<string> {
  return withAdmin(opened.databases.auditAdminUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'ledger'`,
    );
    expect(tables.length).toBeGreaterThan(6);
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  });
}

async function rawLeaf(id: string) {
  return withAdmin(opened.databases.auditAdminUrl, async (client) => {
    const { rows } = await client.query(
      'SELECT ledger.entry_json(e) AS leaf FROM ledger.audit_entries e WHERE id = $1',
      [id],
    );
    return rows[0]?.leaf;
  });
}

describe('a person’s subject', () => {
  it('is one, also when many ask for it at once from two processes', async () => {
    const other = createSubjectStore({ database: opened.stores.database, envelope: freshEnvelope() });
    const asked = await Promise.allSettled(
      [opened.stores.subjects, other, opened.stores.subjects, other].map((store) =>
        store.ensure('acme', ['many-at-once']),
      ),
    );
    const found = asked.flatMap((each) =>
      each.status === 'fulfilled' ? [each.value.get('many-at-once')?.subject] : [],
    );
    expect(found.length).toBeGreaterThan(0);
    expect(new Set([...found, await opened.stores.subjects.find('acme', 'many-at-once')]).size).toBe(1);
  });

  it('is another one in another tenant, and unknown before it was needed', async () => {
    const here = await opened.stores.subjects.ensure('acme', ['same-name']);
    const there = await opened.stores.subjects.ensure('globex', ['same-name']);
    expect(here.get('same-name')?.subject).not.toBe(there.get('same-name')?.subject);
    expect(await opened.stores.subjects.find('acme', 'never-seen')).toBeUndefined();
  });

  it('stands for the person in every table of the audit database', async () => {
    const userId = 'mary.shelley@example.org';
    const actionDetail = 'comment on frankenstein/creature#1818';
    const start = effect();
    const { decision, entry, claim } = {
      ...start,
      decision: {
        ...start.decision,
        input: { ...start.decision.input, actor: { ...start.decision.input.actor, userId } },
      },
      entry: { ...start.entry, userId, actionDetail },
    };
    await opened.stores.ledger.beginEffect('acme', { decision, entry, claim });
    await opened.stores.ledger.finishEffect('acme', claim.runId, {
      entry: auditEntry({ userId, actionDetail, outcome: 'success' }),
      outcome: 'success',
      result: null,
      attempts: 1,
    });
    const text = await everythingRecorded();
    expect(text).toContain(entry.id);
    expect(text).toContain(await opened.stores.subjects.find('acme', userId));
    expect(text).not.toContain('mary');
    expect(text).not.toContain('creature');
  });
});

describe('erasing a subject', () => {
  it('leaves the leaf provable and nothing readable, for this process and the others', async () => {
    const entry = auditEntry({ userId: 'to-be-erased', requestId: newId('request') });
    const { ledger, subjects, auditEntries } = opened.stores;
    await ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
    const read = () => auditEntries.get('acme', entry.id, { kind: 'tenant' });
    expect(await read()).toMatchObject({ userId: 'to-be-erased', actionDetail: entry.actionDetail });
    const subject = (await subjects.find('acme', 'to-be-erased')) ?? '';

    expect(await subjects.erase('acme', subject)).toBe(true);
    expect(await subjects.erase('acme', subject)).toBe(false);

    // Only the log's own word makes an erasure of a missing key.
    expect(await read()).toMatchObject({ userId: `unreadable:${subject}`, actionDetail: '(unreadable)' });
    const word = auditEntry(erasedWord(subject));
    await ledger.record('acme', { decision: null, entries: [word], dedupeKey: null });
    expect(await read()).toMatchObject({ userId: `erased:${subject}`, actionDetail: '(erased)' });
    const { leafHash: onRecord, sealed: _, ...leaf } = await rawLeaf(entry.id);
    expect(leafHash(leaf)).toBe(onRecord);
    expect(await subjects.find('acme', 'to-be-erased')).toBeUndefined();
    const byName = {
      visibility: { kind: 'tenant' },
      filters: { userId: `erased:${subject}` },
      limit: 5,
    } as const;
    expect((await auditEntries.query('acme', byName)).entries.map(({ id }) => id)).toEqual([entry.id]);
  });

  it('gives a person who comes back another name', async () => {
    const { subjects } = opened.stores;
    const before = (await subjects.ensure('acme', ['comes-back'])).get('comes-back')?.subject ?? '';
    await subjects.erase('acme', before);
    const after = (await subjects.ensure('acme', ['comes-back'])).get('comes-back')?.subject;
    expect(after).toMatch(/^sub_/);
    expect(after).not.toBe(before);
  });
});

describe('an entry whose sealed part was changed in the database', () => {
  it('is shown as unreadable, and the page with it stays readable', async () => {
    const entry = auditEntry({ requestId: newId('request') });
    await opened.stores.ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
    await withAdmin(opened.databases.auditAdminUrl, async (client) => {
      const partition = `ledger.audit_entries_${entry.timestamp.slice(0, 7).replace('-', '_')}`;
      await client.query(`ALTER TABLE ${partition} DISABLE TRIGGER append_only`);
      await client.query(
        `UPDATE ${partition} SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) WHERE id = $1`,
        [entry.id],
      );
      await client.query(`ALTER TABLE ${partition} ENABLE ALWAYS TRIGGER append_only`);
    });
    const found = await opened.stores.auditEntries.get('acme', entry.id, { kind: 'tenant' });
    expect(found).toMatchObject({ actionDetail: '(unreadable)', id: entry.id });
    expect(found?.userId).toMatch(/^unreadable:sub_/);
  });
});

describe('an entry from before there were subjects', () => {
  it('stays as it was hashed: readable, found by user id, provable, and counted as what erasure can’t reach', async () => {
    const entry = auditEntry({ userId: 'old-hand', requestId: newId('request') });
    await insertOlder(opened.databases.auditAdminUrl, entry);
    const { auditEntries, retention } = opened.stores;
    const own = { visibility: { kind: 'own', userId: 'old-hand' }, limit: 5 } as const;
    const { entries } = await auditEntries.query('acme', own);
    expect(entries).toEqual([{ ...entry, leafHash: leafHash(entry), subject: null }]);
    const { leafHash: onRecord, ...leaf } = await rawLeaf(entry.id);
    expect(leafHash(leaf)).toBe(onRecord);
    expect(await retention.entriesOf('acme', { subject: null, userId: 'old-hand' })).toEqual({
      sealed: 0,
      inClear: 1,
    });
  });
});
