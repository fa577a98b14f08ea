import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuditProof } from '#domain/audit/answers.schema.ts';
import { exportAudit, getAuditProof, listAuditHeads, listAuditKeys } from '#domain/audit/calls.ts';
import { toHex } from '#transparency/tree.ts';
import { naivePath } from '../support/naive-tree.ts';
import { exported, newSigner, sampleHead, sampleHeader, sampleRows } from '../support/sample-export.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

const signer = newSigner('k1');
const rows = sampleRows(30);
const header = sampleHeader(rows, signer);
const file = await exported(rows, header);
const pem = pemOf(signer.publicKey);

/** SPKI of an Ed25519 key, in PEM. */
function pemOf(hex: string): string {
  const der = Buffer.from(`302a300506032b6570032100${hex}`, 'hex').toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`;
}

async function gatewayWith(keys: Record<string, string> = { k1: pem }, shown: Partial<AuditProof> = {}) {
  const gateway = await startRecordedGateway({
    [on(listAuditKeys)]: { body: { verify_keys: keys, statements: header.keys } },
    [on(listAuditHeads)]: { body: { heads: [header.head, ...header.heads] } },
    [on(exportAudit)]: { raw: { type: 'application/json', text: file.toString() } },
    [on(getAuditProof, { id: rows[4]?.entry.id ?? '' })]: {
      body: {
        entry_id: rows[4]?.entry.id,
        position: 4,
        leaf_hash: rows[4]?.leafHash,
        proof: naivePath(
          4,
          rows.map((row) => Buffer.from(row.leafHash, 'hex')),
        ).map(toHex),
        head: header.head,
        entry: { ...rows[4]?.entry },
        reveal: rows[4]?.reveal ?? null,
        closed: null,
        problem: null,
        ...shown,
      },
    },
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

function write(dir: string, name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

describe('openclaw audit verify', () => {
  it('passes what export wrote, with the keys that were kept on first use', async () => {
    const configDir = newConfigDir();
    const gateway = await gatewayWith();
    const options = { configDir, gateway: gateway.url, token: 'token' };
    const taken = await openclaw(['audit', 'export', '--outcome', 'denied'], options);
    expect(taken).toMatchObject({ code: 0, stdout: file.toString() });
    expect(taken.stderr).toContain('Kept the audit keys');
    expect(gateway.calls.at(-1)?.query).toEqual({ format: 'json', outcome: 'denied' });
    const path = write(configDir, 'a.json', taken.stdout);
    const { code, stdout } = await openclaw(['audit', 'verify', path], { configDir });
    expect(code).toBe(0);
    expect(stdout).toContain('verifies: 30 entries of acme');
    expect(stdout).toContain('Of 1 entries the person was erased.');
    const out = join(configDir, 'b.json');
    expect((await openclaw(['audit', 'export', '--out', out], options)).stderr).not.toContain('Kept');
    expect(readFileSync(out)).toEqual(file);
  });

  it('says that filters are not signed', async () => {
    const configDir = newConfigDir();
    const key = write(configDir, 'keys.json', JSON.stringify({ k1: pem }));
    const filtered = await exported(rows, { ...header, filters: { outcome: 'denied' } }, rows.slice(3, 5));
    const path = write(configDir, 'a.json', filtered);
    const text = await openclaw(['audit', 'verify', path, '--key', key], { configDir });
    expect(text).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('It is filtered (outcome=denied).'),
    });
    const json = await openclaw(['audit', 'verify', path, '--key', key, '--json'], { configDir });
    expect(json.json()).toMatchObject({ ok: true, filters: { outcome: 'denied' } });
    const whole = write(configDir, 'b.json', file);
    const other = await openclaw(['audit', 'verify', whole, '--key', key], { configDir });
    expect(other.stdout).not.toContain('filtered');
  });

  it('names the entry of a changed byte, and ends with 1', async () => {
    const configDir = newConfigDir();
    const key = write(configDir, 'keys.json', JSON.stringify({ k1: pem }));
    const changed = file.toString().replace('deed 7', 'deed 8');
    const path = write(configDir, 'a.json', changed);
    const text = await openclaw(['audit', 'verify', path, '--key', key], { configDir });
    expect(text.code).toBe(1);
    expect(text.stdout).toContain(`entry ${rows[7]?.entry.id} at position 7: another person or another deed`);
    const json = await openclaw(['audit', 'verify', path, '--key', key, '--json'], { configDir });
    expect(json.code).toBe(1);
    expect(json.json()).toMatchObject({
      ok: false,
      tenant_id: 'acme',
      findings: [{ kind: 'detail_changed' }, { kind: 'digest' }],
    });
  });

  it('takes keys as PEM, and trusts no other', async () => {
    const configDir = newConfigDir();
    const path = write(configDir, 'a.json', file);
    const right = write(configDir, 'right.pem', pem);
    expect((await openclaw(['audit', 'verify', path, '--key', right], { configDir })).code).toBe(0);
    const wrong = write(configDir, 'wrong.pem', pemOf(newSigner('k1').publicKey));
    const refused = await openclaw(['audit', 'verify', path, '--key', wrong], { configDir });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('head 2: not signed by a key that you trust');
    expect((await openclaw(['audit', 'verify', path], { configDir })).code).toBe(2);
    expect((await openclaw(['audit', 'verify', path, '--key', path], { configDir })).code).toBe(2);
    expect(
      (await openclaw(['audit', 'verify', join(configDir, 'none'), '--key', right], { configDir })).code,
    ).toBe(2);
  });

  it('holds the log against heads that were kept before', async () => {
    const configDir = newConfigDir();
    const gateway = await gatewayWith();
    const options = { configDir, gateway: gateway.url, token: 'token' };
    const path = write(configDir, 'a.json', file);
    const listed = await openclaw(['audit', 'heads', '--json'], options);
    const kept = write(configDir, 'heads.json', listed.stdout);
    expect((await openclaw(['audit', 'verify', path, '--head', kept], { configDir })).code).toBe(0);
    const forked = sampleHead(sampleRows(20), 20, signer);
    const lines = write(
      configDir,
      'heads.jsonl',
      `${JSON.stringify(header.head)}\n${JSON.stringify(forked)}\n`,
    );
    const refused = await openclaw(['audit', 'verify', path, '--head', lines], { configDir });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('the tree is not the one that you saw then');
    expect((await openclaw(['audit', 'verify', path, '--head', path], { configDir })).code).toBe(2);
  });
});

describe('openclaw audit', () => {
  it('lists heads, and says of keys which are kept', async () => {
    const configDir = newConfigDir();
    const first = await gatewayWith();
    const options = { configDir, gateway: first.url, token: 'token' };
    const heads = await openclaw(['audit', 'heads'], options);
    expect(heads.stdout).toContain(header.head.claims.rootHash);
    expect((await openclaw(['audit', 'keys'], options)).stdout).toMatch(/k1 +kept +[0-9a-f]{64}/);
  });

  it('never changes kept keys unasked', async () => {
    const configDir = newConfigDir();
    const other = newSigner('k1');
    let keys = { k1: pem };
    const gateway = await startRecordedGateway({
      [on(listAuditKeys)]: () => ({ body: { verify_keys: keys, statements: [] } }),
    });
    onTestFinished(() => gateway.close());
    const options = { configDir, gateway: gateway.url, token: 'token' };
    await openclaw(['audit', 'keys'], options);
    keys = { k1: pemOf(other.publicKey) };
    expect((await openclaw(['audit', 'keys'], options)).stdout).toContain('NOT the one that is kept');
    expect((await openclaw(['audit', 'keys', '--pin'], options)).stdout).toMatch(/k1 +kept/);
  });

  it('checks the proof of an entry', async () => {
    const id = rows[4]?.entry.id ?? '';
    const right = await gatewayWith();
    const good = await openclaw(['audit', 'proof', id], {
      configDir: newConfigDir(),
      gateway: right.url,
      token: 'token',
    });
    expect(good).toMatchObject({ code: 0 });
    expect(good.stdout).toContain(`${id} is at position 4 of the 30 entries`);
    const wrong = await gatewayWith({ k1: pemOf(newSigner('k1').publicKey) });
    const bad = await openclaw(['audit', 'proof', id], {
      configDir: newConfigDir(),
      gateway: wrong.url,
      token: 'token',
    });
    expect(bad.code).toBe(1);
  });

  const entry = { ...rows[4]?.entry };
  const reveal = rows[4]?.reveal ?? null;
  it.each<[string, Partial<AuditProof>, string]>([
    ...Object.keys(entry).map((field): [string, Partial<AuditProof>, string] => [
      `another ${field}`,
      { entry: { ...entry, [field]: 'all is well' } },
      'not the entry that was recorded',
    ]),
    ['a field too many', { entry: { ...entry, note: 'x' } }, 'not the entry that was recorded'],
    [
      'another deed',
      { reveal: reveal && { ...reveal, actionDetail: 'x' } },
      'another deed than was recorded',
    ],
    ['another person', { reveal: reveal && { ...reveal, userId: 'x' } }, 'another person'],
    ['a destroyed person', { reveal: null, closed: 'unreadable' }, 'nothing says that they were erased'],
    ['a person who is just gone', { reveal: null }, 'nothing says that they were erased'],
  ])('says of %s that the entry is not the one that was recorded', async (_, shown, problem) => {
    const gateway = await gatewayWith({ k1: pem }, shown);
    const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
    const answer = await openclaw(['audit', 'proof', rows[4]?.entry.id ?? ''], options);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toContain(problem);
  });
});
