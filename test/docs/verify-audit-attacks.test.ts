import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import type { EntryRow } from '#transparency/export-format.ts';
import { leafHash } from '#transparency/leaf.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { needing } from '../support/needing.ts';
import { exported, newSigner, sampleHeader, sampleRows } from '../support/sample-export.ts';
import { toolPath } from '../support/tools.ts';
import { verifiedInPython } from '../support/verify-in-python.ts';

const describe = needing('python');
const signer = newSigner('k1');
const rows = sampleRows(12);
const header = sampleHeader(rows, signer);
const file = await exported(rows, header);
const lines = file.toString().trimEnd().split('\n').slice(0, -1);
const [first = ''] = lines;

/** These lines with a closing line that fits them. */
function closed(changed: readonly string[]): Buffer {
  const text = `${changed.join('\n')}\n`;
  return Buffer.from(`${text}],"sha256":"${createHash('sha256').update(text).digest('hex')}"}\n`);
}

const withHeader = (change: object) =>
  closed([`{"header":${canonicalJson({ ...header, ...change })},"rows":[`, ...lines.slice(1)]);
const withRow = (n: number, from: string | RegExp, to: string) =>
  closed(lines.with(n, (lines[n] ?? '').replace(from, to)));

/** A log that somebody who holds the signing key wrote: all hashes and heads are right, whatever its fourth entry is. */
function signedWith(change: Record<string, unknown>): Promise<Buffer> {
  const changed = rows.map((row): EntryRow => {
    if (row.position !== 4) return row;
    const entry = { ...row.entry, ...change };
    return { ...row, entry, leafHash: leafHash(entry) };
  });
  return exported(changed, sampleHeader(changed, signer));
}

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
const at = (time: string) => ({ ...header.head, claims: { ...header.head.claims, at: time } });
const isDay = (day: string) => !['2023-02-29', '2100-02-29'].includes(day);
const many = (count: number, text: string) => Array.from({ length: count }, () => text);

/** Both find the same. `good`: nothing. */
const files: [what: string, bytes: Buffer, good?: boolean][] = [
  ['one line without an end', Buffer.alloc(9_000_000, 0x5b)],
  ['a line that is too long, with an end', closed([first, `${'x'.repeat(4_200_000)},`, ...lines.slice(1)])],
  ['a line that is as long as it may be', closed([first, `"${'x'.repeat(4_194_301)}",`, ...lines.slice(1)])],
  ['a header that is too long', Buffer.from(`{"header":${' '.repeat(4_200_000)}`)],
  ['two million small things for heads', withHeader({ heads: Array.from({ length: 2_000_000 }, () => 0) })],
  ['a million empty lists for heads', withHeader({ heads: Array.from({ length: 1_000_000 }, () => []) })],
  [
    'as many filters as there is room for',
    withHeader({ filters: Object.fromEntries(many(400_000, '').map((_, n) => [n, 1])) }),
  ],
  ['more heads than there can be', withHeader({ heads: Array.from({ length: 2_001 }, () => header.head) })],
  ['more keys than there can be', withHeader({ keys: Array.from({ length: 101 }, () => header.keys[0]) })],
  ['a row of a million empty lists', closed([first, `[${many(1_000_000, '[]').join()}]`])],
  ['a row of a million empty objects', closed([first, `[${many(1_000_000, '{}').join()}]`])],
  ['a row of brackets', closed([first, '['.repeat(4_000_000)])],
  ['a row of brackets that end', closed([first, `${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}`])],
  ['a hundred thousand empty lines', closed([first, ...many(100_000, '')])],
  ['a hundred thousand commas', closed([first, ...many(100_000, ',')])],
  [
    'twenty thousand rows left out',
    closed([first, ...many(20_000, '{"hash":"00","level":0,"position":0},')]),
  ],
  ['a number of four million digits', closed([first, '9'.repeat(4_000_000)])],
  [
    'a row at a number of five thousand digits',
    withRow(4, '"position":3', `"position":${'1'.repeat(5_000)}`),
  ],
  ['a row at the end of all numbers', withRow(4, '"position":3', '"position":9007199254740991')],
  [
    'a row left out that goes beyond them',
    closed([first, `{"hash":"${'0'.repeat(64)}","level":52,"position":4503599627370496}`]),
  ],
  ['a row at digits of another script', withRow(4, '"position":3', '"position":٣')],
  ['a row at digits with a letter behind', withRow(4, '"position":3', '"position":3é')],
  ['a name twice', withRow(4, '"reveal":', '"reveal":null,"reveal":')],
  ['a field more', await signedWith({ more: 1 })],
  ['a field that is a name of objects', await signedWith(JSON.parse('{"__proto__":1}'))],
  ['an id with a line of its own', await signedWith({ id: 'aud_1\nok' })],
  ['an id of a megabyte', await signedWith({ id: `aud_${'A'.repeat(1_000_000)}` })],
  ['a subject of a megabyte', await signedWith({ subject: `sub_${'A'.repeat(1_000_000)}` })],
  ['a subject that is a list', await signedWith({ subject: ['sub_1'] })],
  ['a commitment that is none', await signedWith({ personal: 'x' })],
  ['an entry of 61 levels', await signedWith({ metadata: nested(61) }), true],
  ['an entry of 63 levels', await signedWith({ metadata: nested(63) })],
  ['an entry of a thousand levels', await signedWith({ metadata: nested(1_000) })],
  ['an event that is a list', await signedWith({ event: ['user_data.erased'], outcome: {} }), true],
  ['kinds that there are not', await signedWith({ event: 'x', actionType: null, outcome: 7 }), true],
  ['metadata that are a list', await signedWith({ event: 'user_data.erased', metadata: [1] }), true],
  ['metadata that are nothing', await signedWith({ event: 'user_data.erased', metadata: null }), true],
  [
    'a name of objects deep inside',
    await signedWith({ metadata: JSON.parse('{"__proto__":{"a":1},"constructor":2}') }),
    true,
  ],
  ['a time that is only a day', await signedWith({ timestamp: '2020-01-01' }), true],
  ['a time that is no day', await signedWith({ timestamp: '2020-02-30T00:00:00.000Z' }), true],
  ['the first of all times', await signedWith({ timestamp: '0000-01-01T00:00:00.000Z' }), true],
  ['a filter that is a name of objects', withHeader({ filters: JSON.parse('{"__proto__":"x"}') }), true],
  ['another such filter', withHeader({ filters: { constructor: 'x', toString: 'y' } }), true],
  ['filters in a list', withHeader({ filters: [] })],
  ...[
    '0000-01-01',
    '0000-02-29',
    '0001-01-01',
    '9999-12-31',
    '2023-02-29',
    '2100-02-29',
    '2000-02-29',
  ].flatMap((day): [string, Buffer, boolean?][] => [
    [`exported on ${day}`, withHeader({ exportedAt: `${day}T23:59:59.999Z` }), isDay(day)],
    [`expired before ${day}`, withHeader({ expiredBefore: `${day}T00:00:00.000Z` }), isDay(day)],
    [`a head of ${day}`, withHeader({ head: at(`${day}T00:00:00.000Z`) })],
    [`earlier heads of ${day}`, withHeader({ heads: [at(`${day}T00:00:00.000Z`)] })],
  ]),
  ['an hour too late', withHeader({ exportedAt: '2026-01-01T24:00:00.000Z' })],
  ['a leap second', withHeader({ exportedAt: '2026-01-01T23:59:60.000Z' })],
  [
    'a head without a number',
    withHeader({ heads: [{ ...header.head, claims: { ...header.head.claims, n: 0 } }] }),
  ],
  ['a key id of 64 characters', withHeader({ head: { ...header.head, keyId: '😀'.repeat(64) } }), true],
  ['a key id of 65 characters', withHeader({ head: { ...header.head, keyId: '😀'.repeat(65) } })],
  ['a signature that is no text', withHeader({ head: { ...header.head, signature: 'ä'.repeat(86) } })],
];

describe('a made-up file', () => {
  it('is read to its end by both verifiers, which find the same, in little memory', async () => {
    const { findings, peakKib } = await verifiedInPython(
      files.map(([, bytes]) => bytes),
      signer.publicKey,
    );
    for (const [n, [what, bytes, good = false]] of files.entries()) {
      const ours = await verifyExport({ bytes: inPieces(bytes), trustedKeys: [signer.publicKey] });
      expect([what, findings[n]]).toEqual([what, ours.findings]);
      expect([what, ours.ok]).toEqual([what, good]);
    }
    expect(files.length).toBeGreaterThan(70);
    expect(peakKib).toBeLessThan(500 * 1_024);
  }, 120_000);

  it('of twenty thousand entries that nothing opens names a thousand, and takes as little', async () => {
    const row = lines[4] ?? '';
    const some = Array.from({ length: 20_000 }, (_, n) =>
      row.replace(/"reveal":\{.*\}\}/, '"reveal":null}').replace('"position":3', `"position":${n}`),
    );
    const bytes = closed([first, ...some]);
    const { findings, peakKib } = await verifiedInPython([bytes], signer.publicKey);
    const ours = await verifyExport({ bytes: inPieces(bytes), trustedKeys: [signer.publicKey] });
    expect(findings[0]).toEqual(ours.findings);
    expect(ours.findings).toHaveLength(1_000);
    expect(peakKib).toBeLessThan(100 * 1_024);
  }, 120_000);
});

describe('a key that proves nothing', () => {
  const script = fileURLToPath(new URL('../../docs/verify_audit.py', import.meta.url));
  const pem = (der: string) =>
    `-----BEGIN PUBLIC KEY-----\n${Buffer.from(der, 'hex').toString('base64')}\n-----END PUBLIC KEY-----\n`;
  const ed25519 = '302a300506032b6570032100';
  const [good, other] = [signer.publicKey, newSigner('k2').publicKey];
  it.each([
    ['one of ours', pem(`${ed25519}${good}`), 0],
    ['the neutral point', pem(`${ed25519}01${'0'.repeat(62)}`), 2],
    [
      'a point of order 8',
      pem(`${ed25519}26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05`),
      2,
    ],
    ['no point', pem(`${ed25519}02${'0'.repeat(62)}`), 2],
    ['a point written in another way', pem(`${ed25519}ee${'f'.repeat(60)}7f`), 2],
    ['a key of another kind', pem(`302a300506032b656e032100${good}`), 2],
    ['a key with something before it', pem(`00${ed25519}${good}`), 2],
    [
      'two keys under one name',
      JSON.stringify({ k: pem(`${ed25519}${good}`) }).replace(
        '}',
        `,"k":${JSON.stringify(pem(`${ed25519}${other}`))}}`,
      ),
      2,
    ],
    ['a file of a thousand levels', '['.repeat(1_000) + ']'.repeat(1_000), 2],
    ['a file of half a pair', '{"k":"\\ud800"}', 2],
  ])('is not taken by the Python verifier: %s', async (_what, key, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-keys-'));
    try {
      writeFileSync(join(folder, 'key'), key);
      writeFileSync(join(folder, 'export.json'), file);
      const ended = await new Promise<{ code: unknown; said: string }>((resolve) => {
        const words = [script, 'export.json', '--key', 'key'];
        execFile(toolPath('python'), words, { cwd: folder }, (error, _out, said) =>
          resolve({ code: error?.code ?? 0, said }),
        );
      });
      expect(ended.said).not.toContain('Traceback');
      expect(ended.code).toBe(code);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
}
