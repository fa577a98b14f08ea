import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EntryRow, ExportHeader } from '#transparency/export-format.ts';
import { findingText } from '#transparency/finding.ts';
import { commitmentTo, leafHash, setApart } from '#transparency/leaf.ts';
import { signStatement } from '#transparency/statement.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { auditEntry } from '../support/examples.ts';
import {
  exported,
  firstDay,
  newSigner,
  sampleHead,
  sampleHeader,
  sampleRows,
} from '../support/sample-export.ts';

const signer = newSigner('k1');
const trustedKeys = [signer.publicKey];
const rows = sampleRows(60);
const header = sampleHeader(rows, signer);

async function check(
  bytes: Uint8Array,
  options: { trustedKeys?: string[]; keptHeads?: ExportHeader['heads'] } = {},
) {
  return verifyExport({ bytes: [bytes], trustedKeys, ...options });
}

/** The lines of a file changed by somebody who also puts the digest right. */
function forged(file: Buffer, change: (lines: string[]) => string[]): Buffer {
  const lines = change(file.toString().trimEnd().split('\n').slice(0, -1));
  const text = `${lines.map((line, n) => asFollowed(line, n, lines.length)).join('\n')}\n`;
  return Buffer.from(`${text}],"sha256":"${createHash('sha256').update(text).digest('hex')}"}\n`);
}

function asFollowed(line: string, n: number, count: number): string {
  return n === 0 ? line : `${line.replace(/,$/, '')}${n < count - 1 ? ',' : ''}`;
}

async function findings(bytes: Uint8Array, options = {}): Promise<string[]> {
  return (await check(bytes, options)).findings.map(findingText);
}

const nameOf = (position: number) => `entry ${rows[position]?.entry.id} at position ${position}`;

describe('an export', () => {
  it('is good as it was written, in pieces of any size', async () => {
    const file = await exported(rows, header);
    const expected = { ok: true, findings: [], entries: 60, erased: 1, skipped: 0, header };
    expect(await check(file)).toEqual(expected);
    const pieces = Array.from(file, (byte) => Buffer.of(byte));
    expect(await verifyExport({ bytes: pieces, trustedKeys })).toEqual(expected);
    expect(JSON.parse(file.toString())).toMatchObject({
      header: { tenantId: 'acme' },
      sha256: expect.any(String),
    });
  });

  it('is good when it is empty', async () => {
    const head = sampleHead([], 0, signer);
    expect(await check(await exported([], { ...header, head, heads: [] }))).toMatchObject({
      ok: true,
      entries: 0,
    });
  });

  it('proves some entries of many', async () => {
    const kept = rows.filter(({ position }) => position % 7 === 3);
    const filtered = { ...header, filters: { outcome: 'denied' } };
    const file = await exported(rows, filtered, kept);
    expect(await check(file)).toMatchObject({ ok: true, entries: 9, skipped: 51 });
    expect(await findings(await exported(rows, header, kept))).toContain('positions 4 to 7: missing');
  });

  it('lets the oldest be missing where their month was dropped by rule, and no others', async () => {
    const kept = rows.slice(10);
    const aged = (at: string) => signStatement(signer.signer, { ...header.head.claims, at });
    const expiredBefore = '2026-03-01T00:00:00.000Z';
    const old = { ...header, expiredBefore, head: aged('2027-03-02T00:00:00.000Z') };
    expect(await check(await exported(rows, old, kept))).toMatchObject({ ok: true, skipped: 10 });
    const young = { ...old, head: aged('2027-02-27T00:00:00.000Z'), exportedAt: '2027-03-02T00:00:00.000Z' };
    expect(await findings(await exported(rows, young, kept))).toContain('positions 0 to 7: missing');
    // The head over 30 of them was signed in time; the one over all of them was not.
    expect(await check(await exported(rows, old, rows.slice(30)))).toMatchObject({ ok: true, skipped: 30 });
    expect(await findings(await exported(rows, old, rows.slice(31)))).toEqual(['position 30: missing']);
    const earlier = { ...old, expiredBefore: '2026-02-20T00:00:00.000Z' };
    expect(await findings(await exported(rows, earlier, kept))).toContain('positions 0 to 7: missing');
    const unheard = { ...old, heads: [] };
    expect(await findings(await exported(rows, unheard, kept))).toContain('positions 0 to 7: missing');
    const gap = rows.filter(({ position }) => position !== 20);
    expect(await findings(await exported(rows, old, gap))).toEqual(['position 20: missing']);
  });

  it('names a changed entry, whichever field was changed', async () => {
    const file = await exported(rows, header);
    const change = (from: string, to: string) =>
      findings(forged(file, (lines) => lines.map((line, n) => (n === 6 ? line.replace(from, to) : line))));
    expect(await change('"requestId":"req_1"', '"requestId":"req_2"')).toEqual([
      `${nameOf(5)}: not the entry that was recorded`,
    ]);
    expect(await change('deed 5', 'deed 6')).toEqual([
      `${nameOf(5)}: another person or another deed than was recorded`,
    ]);
    expect(await change('"tenantId":"acme"', '"tenantId":"globex"')).toContain(
      `${nameOf(5)}: of another tenant`,
    );
  });

  it('finds an entry that was changed together with all its hashes', async () => {
    const changed = rows.map((row) => (row.position === 40 ? rehashed(row) : row));
    expect(await findings(await exported(changed, header))).toEqual([
      'head 2, positions 30 to 59: not the entries of the signed tree',
    ]);
  });

  it('names a removed, a repeated, an inserted and a reordered row', async () => {
    const file = await exported(rows, header);
    expect(await findings(forged(file, (lines) => lines.toSpliced(8, 1)))).toEqual(['position 7: missing']);
    expect(await findings(forged(file, (lines) => lines.slice(0, -2)))).toEqual([
      'positions 58 to 59: missing',
    ]);
    const twice = await findings(forged(file, (lines) => lines.toSpliced(8, 0, lines[8] ?? '')));
    expect(twice).toEqual([`${nameOf(7)}: there twice, out of order, or too many`]);
    const swapped = (lines: string[]) => lines.toSpliced(8, 2, lines[9] ?? '', lines[8] ?? '');
    expect(await findings(forged(file, swapped))).toEqual([
      'position 7: missing',
      `${nameOf(7)}: there twice, out of order, or too many`,
    ]);
    const added = (lines: string[]) => [
      ...lines,
      (lines[60] ?? '').replace('"position":59', '"position":60'),
    ];
    expect(await findings(forged(file, added))).toEqual([
      'position 60: there twice, out of order, or too many',
    ]);
    const renumbered = (lines: string[]) => lines.toSpliced(8, 2, at(lines[9], 8, 7), at(lines[8], 7, 8));
    expect(await findings(forged(file, renumbered))).toEqual([
      'head 1, positions 0 to 29: not the entries of the signed tree',
    ]);
  });

  it('finds an entry that claims to be older than the head before it', async () => {
    const dated = sampleRows(60, (n) => (n === 50 ? { timestamp: '2026-02-01T00:00:00.000Z' } : {}));
    const file = await exported(dated, sampleHeader(dated, signer));
    expect(await findings(file)).toEqual([
      `entry ${dated[50]?.entry.id} at position 50: says that it is older than it can be`,
    ]);
  });

  it('believes a key that is held, or introduced by one that is, and no other', async () => {
    const file = await exported(rows, header);
    const stranger = newSigner('k1');
    expect(await findings(file, { trustedKeys: [stranger.publicKey] })).toEqual([
      'head 2: not signed by a key that you trust',
    ]);
    const next = newSigner('k2');
    const claims = { kind: 'audit-key', tenantId: 'acme', keyId: 'k2', publicKey: next.publicKey } as const;
    const introduced = signStatement(signer.signer, { ...claims, at: header.exportedAt });
    const half = sampleHead(rows, 30, signer);
    const rotated = {
      ...header,
      heads: [half],
      head: sampleHead(rows, 60, next, half),
      keys: [...header.keys, introduced],
    };
    const after = await exported(rows, rotated);
    expect(await findings(after)).toEqual([]);
    expect(await findings(after, { trustedKeys: [next.publicKey] })).toEqual([]);
    const forgedKey = { ...introduced, claims: { ...introduced.claims, publicKey: stranger.publicKey } };
    const head = sampleHead(rows, 60, { ...stranger, signer: { ...stranger.signer, keyId: 'k2' } }, half);
    const wrong = await exported(rows, { ...rotated, head, keys: [...header.keys, forgedKey] });
    expect(await findings(wrong)).toEqual(['head 2: not signed by a key that you trust']);
  });

  it('is compared with a head that somebody kept', async () => {
    const kept = sampleHead(rows, 45, signer);
    const file = await exported(rows, header);
    expect(await findings(file, { keptHeads: [kept] })).toEqual([]);
    const others = sampleRows(60);
    expect(await findings(file, { keptHeads: [sampleHead(others, 45, signer)] })).toEqual([
      'the head that you hold (1): the tree is not the one that you saw then',
    ]);
    const longer = sampleRows(70);
    const ahead = sampleHead(longer, 70, signer);
    expect(await findings(file, { keptHeads: [ahead] })).toEqual([
      'the head that you hold (1): newer than this export',
    ]);
    const earlier = signStatement(signer.signer, { ...ahead.claims, at: kept.claims.at });
    expect(await findings(file, { keptHeads: [earlier] })).toEqual([
      'the head that you hold (1): the tree is shorter than it was then',
    ]);
    const some = await exported(rows, { ...header, filters: { outcome: 'denied' } }, rows.slice(0, 2));
    expect(await findings(some, { keptHeads: [kept] })).toEqual([
      'the head that you hold (1): not comparable with this export, which leaves entries out',
    ]);
  });

  it('finds heads that do not follow from each other', async () => {
    const loose = { ...header, heads: [sampleHead(rows, 20, signer)] };
    const unlinked = 'head 2: does not follow from the head before it';
    expect(await findings(await exported(rows, loose))).toEqual([unlinked]);
    const [before] = header.heads;
    if (before === undefined) throw new Error('there is a head before');
    const dated = (at: string) =>
      exported(rows, { ...header, head: signStatement(signer.signer, { ...header.head.claims, at }) });
    const back = new Date(Date.parse(before.claims.at) - 1).toISOString();
    expect(await findings(await dated(back))).toEqual([unlinked]);
    expect(await findings(await dated(before.claims.at))).toEqual([]);
  });

  it.each([
    { what: 'began with the newer form', begins: [], older: [0], refused: [] },
    { what: 'began with the newer form', begins: [], older: [1], refused: [1] },
    { what: 'began with the newer form', begins: [], older: [59], refused: [59] },
    { what: 'is of the older form alone', begins: [], older: range(0, 60), refused: [] },
    { what: 'began with the older form', begins: range(0, 10), older: [], refused: [] },
    // Both were written side by side while the form changed.
    { what: 'began with the older form', begins: range(0, 10), older: [12, 15, 29], refused: [] },
    // Head 1, over 30 of them, was signed more than a day after the first of the newer form was written, and less than that.
    { what: 'began with the older form', begins: range(0, 4), older: [20, 30, 59], refused: [30, 59] },
    { what: 'began with the older form', begins: range(0, 10), older: [30], refused: [] },
  ])('that $what knows until where that form goes: $older, of which it refuses $refused', async (cell) => {
    const isOlder = (n: number) => cell.begins.includes(n) || cell.older.includes(n);
    const mixed = rows.map((row, n) => (isOlder(n) ? olderRow(n) : newerRow(n, row)));
    const expected = cell.refused.map(
      (n) => `entry ${mixed[n]?.entry.id} at position ${n}: in the older form, which had ended by then`,
    );
    expect(await findings(await exported(mixed, sampleHeader(mixed, signer)))).toEqual(expected);
    // What comes before is left out, and what is there is judged by what is known of it.
    const some = mixed.filter((_, n) => n === 0 || n > 1);
    const filtered = { ...sampleHeader(mixed, signer), filters: { outcome: 'intended' } };
    if (cell.refused.length > 0 && cell.refused[0] !== 1)
      expect(await findings(await exported(mixed, filtered, some))).toEqual(expected);
  });

  it('is never good with one byte changed, wherever it is', async () => {
    const small = rows.slice(0, 4);
    const file = await exported(small, sampleHeader(small, signer));
    const flips = [0x01, 0x20, 0x80];
    for (let at = 0; at < file.length; at += 1) {
      const bytes = Buffer.from(file);
      bytes[at] = (bytes[at] ?? 0) ^ (flips[at % flips.length] ?? 1);
      const { ok } = await check(bytes);
      if (ok) expect.fail(`byte ${at} of ${file.length} was not found`);
    }
    expect(file.length).toBeGreaterThan(3_000);
  });

  it('is read to its end whatever stands in it', async () => {
    const file = await exported(rows, header);
    const put = (text: string) => forged(file, (lines) => lines.map((line) => line.replace('deed 7', text)));
    for (const text of ['\\ud800', '\\u0041', '"', '\u0000', '\ufeff']) {
      expect((await findings(put(text)))[0]).toContain(`(${rows[7]?.entry.id}`.slice(1));
    }
    const heading = forged(file, (lines) =>
      lines.map((line) => line.replace('"filters":{}', '"filters":{"a":"\\ud800"}')),
    );
    expect(await findings(heading)).toEqual(['line 1: not what an export looks like']);
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('\n\n\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from('[]\n'),
    ]) {
      expect((await check(bytes)).ok).toBe(false);
    }
  });

  it('is never good when it is cut off or goes on', async () => {
    const file = await exported(rows, header);
    for (const cut of [0, 1, 100, 2_000, file.length - 1])
      expect((await check(file.subarray(0, cut))).ok).toBe(false);
    for (const more of ['\n', ' ', '{}\n']) {
      expect((await check(Buffer.concat([file, Buffer.from(more)]))).ok).toBe(false);
    }
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, n) => from + n);
}

function timeAt(position: number): string {
  return new Date(firstDay + position * 3_600_000).toISOString();
}

function olderRow(position: number): EntryRow {
  const entry = auditEntry({ timestamp: timeAt(position) });
  return { entry, leafHash: leafHash(entry), position, reveal: null };
}

function newerRow(position: number, row: EntryRow): EntryRow {
  if ('personal' in row.entry) return row;
  const { leaf, reveal } = setApart(auditEntry({ timestamp: timeAt(position) }), 'sub_somebody');
  return { entry: leaf, leafHash: leafHash(leaf), position, reveal };
}

function at(line: string | undefined, from: number, to: number): string {
  return (line ?? '').replace(`"position":${from},`, `"position":${to},`);
}

function rehashed(row: EntryRow): EntryRow {
  const { reveal } = row;
  if (reveal === null) throw new Error('a row of the newer form is needed');
  const other = { ...reveal, userId: 'somebody-else' };
  const entry = { ...row.entry, personal: commitmentTo(other) };
  return { ...row, entry, leafHash: leafHash(entry), reveal: other };
}
