import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry, AuditKey, AuditOutcome } from '#domain/audit/audit.ts';
import { withAdmin } from '#platform/database/admin-connection.ts';
import { createDatabase, type Database } from '#platform/database/pool.ts';
import { newId } from '#platform/new-id.ts';
import { createErasedSubjects } from '#stores/audit/erased-subjects.ts';
import { type EntryRow, exportFormat } from '#transparency/export-format.ts';
import { leafHash, type PublicEntry, type Reveal, setApart } from '#transparency/leaf.ts';
import { signStatement } from '#transparency/statement.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { auditEntry } from '../../support/examples.ts';
import { needing } from '../../support/needing.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { proofOf } from '../../support/proven-entry.ts';
import { exported, newSigner, rootOf } from '../../support/sample-export.ts';
import { verifiedInPython } from '../../support/verify-in-python.ts';

const describe = needing('python');
const signer = newSigner('k1');
const hourMs = 3_600_000;
let opened: TestStores;
let pool: Database;

beforeAll(async () => {
  opened = await openTestStores();
  pool = createDatabase(opened.databases.auditDatabaseUrl, {});
  // Words may have forms that the ledger takes from nobody any more.
  await withAdmin(opened.databases.auditAdminUrl, (client) =>
    client.query(
      'CREATE OR REPLACE FUNCTION ledger.is_readable(p_entry jsonb) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$',
    ),
  );
});
afterAll(async () => {
  await pool?.close();
  await opened?.close();
});

/** What one entry says of a person, and by whose clock: hours before now. */
interface Said {
  event: AuditKey;
  actionType: AuditEntry['actionType'];
  outcome: AuditOutcome;
  key: unknown;
  hoursAgo: number;
  /** Whom it names: the person, somebody else, or nobody. */
  names: 'subject' | 'another' | 'number' | 'nobody';
}

// Half of the words are true to form, so that stories come to something.
const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({
    event: fc.constant('user_data.erased'),
    actionType: fc.constant('administration'),
    outcome: fc.constantFrom('success', 'intended'),
    key: fc.constantFrom('destroyed', 'kept', undefined),
    hoursAgo: fc.constantFrom(0, 23, 25, 72, -23, -25),
    names: fc.constant('subject'),
  }),
  fc.record({
    event: fc.constantFrom('user_data.erased', 'user_data.exported'),
    actionType: fc.constantFrom('administration', 'tool_invocation'),
    outcome: fc.constantFrom('success', 'intended', 'denied', 'error', 'pending_approval', 'unknown'),
    key: fc.constantFrom('destroyed', 'kept', undefined, null, 'Kept', 5, ['kept'], { key: 'kept' }, ''),
    hoursAgo: fc.constantFrom(0, 23, 25, 72, -23, -25),
    names: fc.constantFrom('subject', 'another', 'number', 'nobody'),
  }),
) as fc.Arbitrary<Said>;

/** The rule, in the words of docs/audit-format.md. */
function isErased(story: readonly Said[]): boolean {
  const words = story.flatMap(({ event, actionType, outcome, key, hoursAgo, names }) => {
    if (event !== 'user_data.erased' || actionType !== 'administration' || names !== 'subject') return [];
    if (outcome === 'intended') return key === 'destroyed' ? [Math.abs(hoursAgo) < 24] : [];
    if (outcome !== 'success') return [];
    if (key === 'kept') return [false];
    return key === 'destroyed' || key === undefined || key === null ? [true] : [];
  });
  return words.at(-1) ?? false;
}

const steps = 6;

describe('who was erased', () => {
  it('is the same to the database and to both verifiers: the newest word by position counts, whatever clocks say', async () => {
    const stories = fc
      .sample(fc.array(said, { minLength: 0, maxLength: steps }), 150)
      .map((words) => ({ words, subject: newId('subject') }));
    const now = Date.now();
    const reveals = new Map<string, Reveal>();
    const record = async (entries: { entry: AuditEntry; subject: string }[]) => {
      const sealed = await Promise.all(
        entries.map(async ({ entry, subject }) => {
          const { leaf, reveal } = setApart(entry, subject);
          reveals.set(entry.id, reveal);
          const hashed = { ...leaf, leafHash: leafHash(leaf) };
          return { ...hashed, sealed: '', proof: await proofOf(opened.stores, 'acme', hashed) };
        }),
      );
      const text = 'SELECT ledger.record($1, NULL, $2, NULL)';
      await pool.query(text, ['acme', JSON.stringify(sealed)]);
    };
    const place = () => opened.stores.tree.place('acme', { wholly: true, limit: 10_000 });
    const subjects = stories.map(({ subject }) => subject);
    const bySql = () => createErasedSubjects(pool)('acme', subjects);

    // What each person did, and then the words, one of each story at a time: so that is the order of their places.
    await record(subjects.map((subject) => ({ entry: auditEntry({ requestId: null }), subject })));
    await place();
    for (let step = 0; step < steps; step += 1) {
      const entries = stories.flatMap(({ words, subject }) => {
        const word = words[step];
        if (word === undefined) return [];
        const { event, actionType, outcome, key, hoursAgo, names } = word;
        const named = { subject, another: newId('subject'), number: 7, nobody: null }[names];
        const entry = auditEntry({
          event,
          actionType,
          outcome,
          timestamp: new Date(now - hoursAgo * hourMs).toISOString(),
          metadata: { subject: named, ...(key === undefined ? {} : { key }) } as AuditEntry['metadata'],
        });
        return [{ entry, subject: newId('subject') }];
      });
      if (entries.length > 0) await record(entries);
      // The newest are on record, and have no place yet.
      if (step === steps - 1) expect([...(await bySql())].toSorted()).toEqual(erasedOf(stories));
      await place();
    }
    expect([...(await bySql())].toSorted()).toEqual(erasedOf(stories));

    const { file, closedAt } = await wholeFile(now, ({ id, subject }) =>
      subjects.includes(subject) ? null : (reveals.get(id) ?? null),
    );
    const unexcused = (findings: readonly { kind: string; subject: string }[]) => {
      expect(findings.filter(({ kind }) => kind !== 'destroyed')).toEqual([]);
      return findings.map(({ subject }) => closedAt.get(subject)).toSorted();
    };
    const destroyed = subjects.filter((subject) => !erasedOf(stories).includes(subject)).toSorted();
    const ours = await verifyExport({ bytes: [file], trustedKeys: [signer.publicKey] });
    expect(unexcused(ours.findings)).toEqual(destroyed);
    const theirs = await verifiedInPython([file], signer.publicKey);
    expect(unexcused(theirs.findings[0] ?? [])).toEqual(destroyed);
    // Both happen, often.
    expect(Math.min(destroyed.length, subjects.length - destroyed.length)).toBeGreaterThan(20);
  });
});

function erasedOf(stories: readonly { words: readonly Said[]; subject: string }[]): string[] {
  return stories
    .filter(({ words }) => isErased(words))
    .map(({ subject }) => subject)
    .toSorted();
}

/** The log as a file under a head of now. */
async function wholeFile(now: number, revealOf: (entry: PublicEntry) => Reveal | null) {
  const { auditExport, tree } = opened.stores;
  const { leaves } = await tree.state('acme');
  const rows: EntryRow[] = [];
  for await (const piece of auditExport.entries('acme', { filters: {}, from: 0, to: leaves })) {
    for (const { leaf, leafHash: hash, position } of piece) {
      if (!('subject' in leaf)) throw new Error('an entry in the older form');
      rows.push({ entry: leaf, leafHash: hash, position, reveal: revealOf(leaf) });
    }
  }
  const at = new Date(now).toISOString();
  const claims = { kind: 'audit-head', tenantId: 'acme', n: 1, size: leaves, at, previous: null } as const;
  const head = signStatement(signer.signer, { ...claims, rootHash: rootOf(rows) });
  const file = await exported(rows, {
    format: exportFormat,
    tenantId: 'acme',
    exportedAt: at,
    filters: {},
    head,
    heads: [],
    keys: [],
    expiredBefore: null,
    unsealed: 0,
  });
  const closedAt = new Map(
    rows.map(({ entry, position }) => [
      `entry ${entry.id} at position ${position}`,
      'subject' in entry ? entry.subject : '',
    ]),
  );
  return { file, closedAt };
}
