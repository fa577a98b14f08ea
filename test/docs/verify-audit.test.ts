import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TreeHead } from '#transparency/statement.ts';
import { signStatement } from '#transparency/statement.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { needing } from '../support/needing.ts';
import { exported, newSigner, sampleHead, sampleHeader, sampleRows } from '../support/sample-export.ts';
import { toolPath } from '../support/tools.ts';

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
