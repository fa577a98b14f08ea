import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry } from '#domain/audit/audit.ts';
import { leafHash } from '#transparency/leaf.ts';
import type { TreeHead } from '#transparency/statement.ts';
import { signStatement } from '#transparency/statement.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { auditEntry } from '../support/examples.ts';
import { needing } from '../support/needing.ts';
import {
  erasedWord,
  exported,
  newSigner,
  sampleHead,
  sampleHeader,
  sampleRows,
} from '../support/sample-export.ts';
import { toolPath } from '../support/tools.ts';
import { inPython, verifiedInPython } from '../support/verify-in-python.ts';

const describe = needing('python');

const script = fileURLToPath(new URL('../../docs/verify_audit.py', import.meta.url));
const signer = newSigner('k1');
const odd = {
  metadata: {
    small: 1.5e-5,
    tiny: 1e-7,
    huge: 1e21,
    third: 1 / 3,
    minus: -2.5e-6,
    whole: 123456789012,
    text: '\u007f\u2028"\\\n😀',
  },
};
const rows = sampleRows(23, (n) => (n === 3 ? odd : {}));
const header = sampleHeader(rows, signer);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-verify-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Verdict {
  ok: boolean;
  findings: { kind: string; subject: string }[];
  filters: Record<string, string>;
}

function pemOf(hex: string): string {
  const der = Buffer.from(`302a300506032b6570032100${hex}`, 'hex').toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
}

async function byPython(file: Buffer, key: string, heads: readonly TreeHead[]): Promise<Verdict> {
  writeFileSync(join(folder, 'export.json'), file);
  writeFileSync(join(folder, 'key.pem'), pemOf(key));
  writeFileSync(join(folder, 'heads.jsonl'), heads.map((head) => `${JSON.stringify(head)}\n`).join(''));
  const words = [
    script,
    'export.json',
    '--key',
    'key.pem',
    ...(heads.length > 0 ? ['--head', 'heads.jsonl'] : []),
  ];
  return new Promise((resolve, reject) => {
    execFile(toolPath('python'), words, { cwd: folder }, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr || error?.message));
      else resolve(JSON.parse(stdout));
    });
  });
}

/** What both say; they have to say the same. */
async function verdict(
  file: Buffer,
  { key = signer.publicKey, heads = [] as readonly TreeHead[] } = {},
): Promise<Verdict> {
  const { ok, findings, header } = await verifyExport({
    bytes: [file],
    trustedKeys: [key],
    keptHeads: heads,
  });
  const said = { ok, findings: [...findings], filters: { ...header?.filters } };
  expect(await byPython(file, key, heads)).toEqual(said);
  return said;
}

/** Both refuse each of these files, and Python, which reads them all in one process, ends in order. */
async function refusedByBoth(files: readonly Buffer[]): Promise<void> {
  const { findings: found } = await verifiedInPython(files, signer.publicKey);
  const ours: unknown[][] = [];
  for (const file of files) {
    ours.push([...(await verifyExport({ bytes: [file], trustedKeys: [signer.publicKey] })).findings]);
  }
  expect(found).toHaveLength(files.length);
  const taken = files.flatMap((_, n) => (ours[n]?.length === 0 || found[n]?.length === 0 ? [n] : []));
  expect(taken).toEqual([]);
}

/** With a closing line that fits its bytes. */
function closedAnew(file: Buffer): Buffer {
  const body = file.subarray(0, file.lastIndexOf('],"sha256"'));
  const sha256 = createHash('sha256').update(body).digest('hex');
  return Buffer.concat([body, Buffer.from(`],"sha256":"${sha256}"}\n`)]);
}

function forged(file: Buffer, change: (lines: string[]) => string[]): Buffer {
  const lines = change(file.toString().trimEnd().split('\n').slice(0, -1)).map((line) =>
    line.replace(/,$/, ''),
  );
  const [first = '', ...others] = lines;
  const text = `${first}\n${others.join(',\n')}\n`;
  return Buffer.from(`${text}],"sha256":"${createHash('sha256').update(text).digest('hex')}"}\n`);
}

describe('docs/verify_audit.py', () => {
  it('agrees on good exports: whole, filtered, empty, with expired months, after a change of keys', async () => {
    const whole = await exported(rows, header);
    expect(await verdict(whole)).toEqual({ ok: true, findings: [], filters: {} });
    const kept = rows.filter(({ position }) => position % 5 === 1);
    const filters = { outcome: 'denied' };
    const some = await exported(rows, { ...header, filters }, kept);
    expect(await verdict(some)).toEqual({ ok: true, findings: [], filters });
    const none = { ...header, head: sampleHead([], 0, signer), heads: [] };
    expect((await verdict(await exported([], none))).ok).toBe(true);
    const head = signStatement(signer.signer, { ...header.head.claims, at: '2027-03-02T00:00:00.000Z' });
    const old = { ...header, expiredBefore: '2026-03-01T00:00:00.000Z', head };
    expect((await verdict(await exported(rows, old, rows.slice(7)))).ok).toBe(true);
    expect((await verdict(await exported(rows, old, rows.slice(13)))).findings[0]?.kind).toBe('missing');
    for (const claim of [
      { expiredBefore: '2026-03-03T00:00:00.000Z' },
      { expiredBefore: '2026-02-01T00:00:00.000Z' },
      { head: header.head, exportedAt: '2099-01-01T00:00:00.000Z' },
    ]) {
      const file = await exported(rows, { ...old, ...claim }, rows.slice(7));
      expect((await verdict(file)).findings[0]?.kind).toBe('missing');
    }
    const next = newSigner('k2');
    const half = sampleHead(rows, 12, signer);
    const claims = { kind: 'audit-key', tenantId: 'acme', keyId: 'k2', publicKey: next.publicKey } as const;
    const keys = [...header.keys, signStatement(signer.signer, { ...claims, at: header.exportedAt })];
    const rotated = await exported(rows, {
      ...header,
      keys,
      heads: [half],
      head: sampleHead(rows, 23, next, half),
    });
    expect((await verdict(rotated)).ok).toBe(true);
    expect((await verdict(rotated, { key: next.publicKey })).ok).toBe(true);
    expect((await verdict(whole, { heads: [header.head, sampleHead(rows, 20, signer)] })).ok).toBe(true);
  });

  it('agrees on what is wrong, in kind and name', async () => {
    const file = await exported(rows, header);
    const changes: ((lines: string[]) => string[])[] = [
      (lines) => lines.map((line) => line.replace('deed 7', 'deed 8')),
      (lines) =>
        lines.map((line, n) => (n === 5 ? line.replace('"outcome":"intended"', '"outcome":"denied"') : line)),
      (lines) =>
        lines.map((line, n) => (n === 5 ? line.replace('"tenantId":"acme"', '"tenantId":"globex"') : line)),
      (lines) => lines.toSpliced(6, 1),
      (lines) => lines.toSpliced(6, 0, lines[6] ?? ''),
      (lines) => lines.toSpliced(6, 2, lines[7] ?? '', lines[6] ?? ''),
      (lines) => lines.slice(0, -2),
      (lines) => lines.map((line) => line.replace('"size":23', '"size":22')),
      (lines) => lines.map((line, n) => (n === 4 ? line.replace('{"entry"', '{ "entry"') : line)),
    ];
    const kinds = [];
    for (const change of changes) kinds.push((await verdict(forged(file, change))).findings[0]?.kind);
    expect(kinds).toEqual([
      'detail_changed',
      'changed',
      'changed',
      'missing',
      'repeated',
      'missing',
      'missing',
      'head',
      'malformed',
    ]);
    expect((await verdict(file, { key: newSigner('k1').publicKey })).findings[0]?.kind).toBe('head');
    const others = sampleRows(40);
    const held = [sampleHead(others, 20, signer), sampleHead(others, 40, signer)];
    expect((await verdict(file, { heads: held })).findings.map(({ kind }) => kind)).toEqual([
      'newer',
      'forked',
    ]);
    const dated = sampleRows(30, (n) => (n === 28 ? { timestamp: '2026-02-01T00:00:00.000Z' } : {}));
    const back = await verdict(await exported(dated, sampleHeader(dated, signer)));
    expect(back.findings.map(({ kind }) => kind)).toEqual(['back_dated']);
  });

  it('writes numbers as the specification does', async () => {
    const special = [
      1e21,
      1e20,
      123456789012345680000,
      1e-6,
      1e-7,
      1.5e-7,
      5e-324,
      1 / 3,
      2 ** 53,
      -0,
      1e100,
      0.1,
    ];
    const bits = new DataView(new ArrayBuffer(8));
    const random = Array.from({ length: 4_000 }, (_, n) => {
      bits.setUint32(0, (n * 2_654_435_761) >>> 0);
      bits.setUint32(4, (n * 40_503_123) >>> 0);
      return [bits.getFloat64(0), (n - 2_000) * 1.1 ** (n % 300)];
    });
    const numbers = [...special, ...random.flat()].filter((value) => Number.isFinite(value));
    writeFileSync(join(folder, 'numbers.json'), JSON.stringify(numbers));
    const written = await inPython(
      ['print(json.dumps([v.number(n) for n in json.load(open(sys.argv[2]))]))'],
      join(folder, 'numbers.json'),
    );
    expect(JSON.parse(written)).toEqual(numbers.map((value) => JSON.stringify(value)));
  });

  it('ends with 2 and a word where what it is given is unusable', async () => {
    const cases = [
      ['none.json', '--key', 'key.pem'],
      ['export.json', '--key', 'none.pem'],
      ['export.json', '--key', 'export.json'],
      ['export.json', '--key', 'key.pem', '--head', 'export.json'],
      ['export.json', '--key', 'key.pem', '--head', 'none.jsonl'],
      ['.', '--key', 'key.pem'],
    ];
    writeFileSync(join(folder, 'export.json'), await exported(rows, header));
    writeFileSync(join(folder, 'key.pem'), pemOf(signer.publicKey));
    for (const words of cases) {
      const ended = await new Promise<{ code: unknown; said: string }>((resolve) => {
        execFile(toolPath('python'), [script, ...words], { cwd: folder }, (error, _stdout, stderr) =>
          resolve({ code: error?.code, said: stderr }),
        );
      });
      expect(ended.code).toBe(2);
      expect(ended.said).not.toContain('Traceback');
      expect(ended.said).toContain('verify_audit.py: ');
    }
  });

  it('agrees on who was erased and what was destroyed', async () => {
    const subjectOf = (at: number) => {
      const entry = rows[at]?.entry;
      return entry !== undefined && 'subject' in entry ? entry.subject : '';
    };
    const erasure = (at: number, key?: 'destroyed' | 'kept') => erasedWord(subjectOf(at), key);
    // The person of position 9 is closed; what the log says of them stands at 12 and 15.
    const said: [string, Partial<AuditEntry>, Partial<AuditEntry>, boolean][] = [
      ['nothing', {}, {}, false],
      ['erased', erasure(9), {}, true],
      ['erased, key destroyed', erasure(9), erasure(9, 'destroyed'), true],
      ['erased, key kept', erasure(9), erasure(9, 'kept'), false],
      ['kept, then destroyed', erasure(9, 'kept'), erasure(9, 'destroyed'), true],
      ['somebody else erased', erasure(8), erasure(10), false],
      ['another event', { ...erasure(9), event: 'user_data.exported' }, {}, false],
      ['a subject that is no text', { ...erasure(9), metadata: { subject: 9 } }, {}, false],
    ];
    for (const [what, first, second, isErased] of said) {
      const told = sampleRows(23, (n) => (n === 12 ? first : n === 15 ? second : {}));
      const closed = told.map((row) => (row.position === 9 ? { ...row, reveal: null } : row));
      const file = await exported(closed, sampleHeader(told, signer));
      const { findings } = await verdict(file);
      expect([what, findings.map(({ kind }) => kind)]).toEqual([what, isErased ? [] : ['destroyed']]);
    }
  });

  it('agrees on when the older form had ended', async () => {
    const late = rows.map((row) => row);
    const older = auditEntry({ timestamp: rows[20]?.entry.timestamp ?? '', actionDetail: 'slipped in' });
    late[20] = { entry: older, leafHash: leafHash(older), position: 20, reveal: null };
    // The sample begins with the older form, and heads are too close to each other to tell.
    expect((await verdict(await exported(late, sampleHeader(late, signer)))).ok).toBe(true);
    const newer = late.slice(1).map((row, position) => ({ ...row, position }));
    const { findings } = await verdict(await exported(newer, sampleHeader(newer, signer)));
    expect(findings.map(({ kind }) => kind)).toEqual(['older_form']);
  });

  it('agrees on every value in every place, and ends in order', async () => {
    const file = await exported(rows, header);
    const lines = file.toString().split('\n');
    const values = [
      'null',
      'true',
      '0',
      '-0',
      '-1',
      '1.5',
      '1e21',
      '1e-7',
      '5e-324',
      '123456789012345680000',
      '9007199254740993',
      '1e999',
      'NaN',
      '""',
      '"x"',
      '"\\ud800"',
      '[]',
      '{}',
      '[[[]]]',
      '['.repeat(5_000),
    ];
    // Each simple value of the header and of one row, one after the other.
    const places = [0, 4].flatMap((line) =>
      [...(lines[line] ?? '').matchAll(/:(?:"[^"\\]*"|-?[\d.e+-]+|null|true|false)/g)].map(
        ({ index, 0: text }) => ({
          line,
          from: index + 1,
          to: index + text.length,
        }),
      ),
    );
    expect(places.length).toBeGreaterThan(40);
    const files: Buffer[] = [];
    for (const [n, { line, from, to }] of places.entries()) {
      for (const [m, value] of values.entries()) {
        // Every place with a few of the values, every value in many places.
        if ((n + m) % 4 !== 0) continue;
        const changed = lines.with(line, `${lines[line]?.slice(0, from)}${value}${lines[line]?.slice(to)}`);
        const text = changed.join('\n');
        if (text !== lines.join('\n')) files.push(Buffer.from(text));
      }
    }
    await refusedByBoth(files);
  }, 120_000);

  it('agrees on files that are no export at all, and on bytes that are no text', async () => {
    const file = await exported(rows, header);
    const bytes = (at: number, ...put: number[]) => {
      const changed = Buffer.from(file);
      changed.set(put, at);
      return changed;
    };
    const replacement = sampleRows(23, (n) => (n === 4 ? { actionDetail: 'a\ufffdb' } : {}));
    const withReplacement = await exported(replacement, sampleHeader(replacement, signer));
    const at = withReplacement.indexOf('\ufffd');
    const invalid = Buffer.concat([
      withReplacement.subarray(0, at),
      Buffer.from([0xff]),
      withReplacement.subarray(at + 3),
    ]);
    await refusedByBoth([
      Buffer.alloc(0),
      Buffer.from('\n'),
      Buffer.from('{}'),
      Buffer.from('\0'),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), file]),
      file.subarray(0, file.length / 2),
      file.subarray(1),
      Buffer.concat([file, file]),
      Buffer.from(file.toString().replaceAll('\n', '\r\n')),
      ...[0, 20, 500, 2_000, 3_000, file.length - 10].flatMap((place) => [
        bytes(place, 0),
        bytes(place, 0xff),
        bytes(place, 0xc0, 0xaf),
        bytes(place, 0xed, 0xa0, 0x80),
      ]),
      closedAnew(invalid),
      invalid,
    ]);
  });

  it('finds every byte that is flipped, as ours does', async () => {
    const file = await exported(rows, header);
    const step = Math.ceil(file.length / 40);
    for (let at = 3; at < file.length; at += step) {
      const bytes = Buffer.from(file);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const ours = await verifyExport({ bytes: [bytes], trustedKeys: [signer.publicKey] });
      expect([(await byPython(bytes, signer.publicKey, [])).ok, ours.ok]).toEqual([false, false]);
    }
  });
});
