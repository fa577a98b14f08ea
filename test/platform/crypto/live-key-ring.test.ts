import { randomBytes } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEnvelope, keyIdOf } from '#platform/crypto/envelope.ts';
import { type KeysOfFile, parseKeyRing } from '#platform/crypto/key-ring.ts';
import { createLiveKeyRing } from '#platform/crypto/live-key-ring.ts';
import { type MasterKeys, openMasterKeys } from '#platform/crypto/open-master-keys.ts';

const keys = Object.fromEntries(['m1', 'm2'].map((id) => [id, randomBytes(32).toString('base64')]));
const fileOf = (active: string, ...ids: string[]) =>
  JSON.stringify({ active, keys: Object.fromEntries(ids.map((id) => [id, keys[id]])) });
const sealerOf = (envelope: ReturnType<typeof createEnvelope>) =>
  keyIdOf(envelope.seal(new Uint8Array([1]), 'x'));

describe('keys that change while we run', () => {
  let file: KeysOfFile;
  let monotonicMs: number;
  const open = () => {
    const ring = createLiveKeyRing({ current: () => file, monotonicMs: () => monotonicMs, waitMs: 120_000 });
    return { ring, envelope: createEnvelope(ring) };
  };
  beforeEach(() => {
    monotonicMs = 0;
    file = parseKeyRing(fileOf('m1', 'm1'));
  });

  it('open at once and seal only when every process has had time to read them', () => {
    const { envelope } = open();
    const sealed = createEnvelope(parseKeyRing(fileOf('m2', 'm2'))).seal(Buffer.from('x'), 'place');
    file = parseKeyRing(fileOf('m2', 'm1', 'm2'));
    expect(sealerOf(envelope)).toBe('m1');
    expect(Buffer.from(envelope.open(sealed, 'place')).toString()).toBe('x');
    monotonicMs = 119_999;
    expect(sealerOf(envelope)).toBe('m1');
    monotonicMs = 120_000;
    expect(sealerOf(envelope)).toBe('m2');
  });

  it('seal at once where they were known before, or the old one is gone', () => {
    file = parseKeyRing(fileOf('m1', 'm1', 'm2'));
    const known = open();
    file = parseKeyRing(fileOf('m2', 'm1', 'm2'));
    expect(sealerOf(known.envelope)).toBe('m2');
    file = parseKeyRing(fileOf('m1', 'm1'));
    const gone = open();
    file = parseKeyRing(fileOf('m2', 'm2'));
    expect(sealerOf(gone.envelope)).toBe('m2');
  });

  it('that left the file still open what they sealed, once adopted', () => {
    const { ring, envelope } = open();
    const sealed = envelope.seal(Buffer.from('x'), 'place');
    const old = file.find('m1');
    file = parseKeyRing(fileOf('m2', 'm2'));
    expect(() => envelope.open(sealed, 'place')).toThrow('could not be decrypted');
    ring.adopt(new Map(old === undefined ? [] : [['m1', old]]));
    expect(Buffer.from(envelope.open(sealed, 'place')).toString()).toBe('x');
    expect([...ring.former().keys()]).toEqual([]);
    file = parseKeyRing(fileOf('m2', 'm1', 'm2'));
    expect([...ring.former().keys()]).toEqual(['m1']);
  });
});

describe('the file of master keys', () => {
  let folder: string;
  let path: string;
  let master: MasterKeys | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-keys-'));
    path = join(folder, 'keys.json');
  });
  afterEach(async () => {
    await master?.close();
    rmSync(folder, { recursive: true });
  });

  it('is followed, and half of it, nonsense or a key too short leaves the last good keys', async () => {
    writeFileSync(path, fileOf('m1', 'm1'));
    const problems: unknown[] = [];
    master = await openMasterKeys({
      path,
      waitMs: 0,
      unchangedMs: 5,
      onProblem: (cause) => problems.push(cause),
    });
    for (const bad of [fileOf('m2', 'm2').slice(0, 30), '{}', 'x', fileOf('m2', 'm1')]) {
      writeFileSync(path, bad);
      await master.look();
      expect(sealerOf(master.envelope)).toBe('m1');
    }
    expect(problems.length).toBeGreaterThanOrEqual(4);
    writeFileSync(join(folder, 'next'), fileOf('m2', 'm1', 'm2'));
    renameSync(join(folder, 'next'), path);
    await master.look();
    expect(sealerOf(master.envelope)).toBe('m2');
  });

  it('has to be good at the start', async () => {
    writeFileSync(path, '{}');
    await expect(openMasterKeys({ path })).rejects.toThrow();
  });
});
