import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import { createMountedSecrets, type SecretSource } from '#platform/secrets/mounted-secrets.ts';
import type { Rotation } from '#platform/secrets/read-secret.ts';
import { patience } from '../../support/patience.ts';

let folder: string;
let rotations: Rotation[];
let problems: unknown[];
const closers: SecretSource[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-secrets-'));
  rotations = [];
  problems = [];
});
afterEach(async () => {
  for (const source of closers.splice(0)) await source.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(
  onRotation = async (rotation: Rotation) => void rotations.push(rotation),
  unchangedMs = 20,
): SecretSource {
  const source = createMountedSecrets({
    folder,
    onRotation,
    onProblem: ({ cause }) => problems.push(cause),
    rereadMs: 300,
    unchangedMs,
  });
  closers.push(source);
  return source;
}

const home = (tenant = 'acme') => join(folder, tenant, 'openclaw-github-oauth');
const put = (value: string | Uint8Array, tenant = 'acme') => {
  mkdirSync(home(tenant), { recursive: true });
  writeFileSync(join(home(tenant), 'access_token'), value);
};
const read = (source: SecretSource, tenant = 'acme') =>
  source.read(tenant, 'openclaw-github-oauth', 'access_token');

describe('a mounted secret', () => {
  it('is read, without the line end of its file', async () => {
    put('token-1\n');
    await expect(read(open())).resolves.toBe('token-1');
  });

  it('is noticed when it changes, once, with what it was before', async () => {
    put('token-1');
    const source = open();
    await read(source);
    put('token-2');
    await expect.poll(() => read(source), patience).toBe('token-2');
    expect(rotations.map(({ before, content, ...of }) => [of, String(before), String(content)])).toEqual([
      [{ tenantId: 'acme', secretName: 'openclaw-github-oauth', key: 'access_token' }, 'token-1', 'token-2'],
    ]);
  });

  it('is noticed when Kubernetes swaps the folder behind ..data', async () => {
    const version = (n: number) => {
      mkdirSync(join(home(), `..2026_${n}`), { recursive: true });
      writeFileSync(join(home(), `..2026_${n}`, 'access_token'), `token-${n}`);
      symlinkSync(`..2026_${n}`, join(home(), '..data_tmp'));
      renameSync(join(home(), '..data_tmp'), join(home(), '..data'));
    };
    version(1);
    symlinkSync(join('..data', 'access_token'), join(home(), 'access_token'));
    const source = open();
    await expect(read(source)).resolves.toBe('token-1');
    version(2);
    await expect.poll(() => read(source), patience).toBe('token-2');
    expect(rotations).toHaveLength(1);
  });

  it.each([
    ['empty', ''],
    ['blank', ' \n'],
    ['no text', new Uint8Array([0xff, 0xfe, 0x00])],
  ])('that becomes %s keeps its last good value', async (_, content) => {
    put('token-1');
    const source = open();
    await read(source);
    put(content);
    await expect.poll(() => problems.length, patience).toBeGreaterThan(0);
    await expect(read(source)).resolves.toBe('token-1');
    put('token-2');
    await expect.poll(() => read(source), patience).toBe('token-2');
  });

  it('that is written bit by bit is taken when it is whole', async () => {
    const whole = 'token-that-takes-its-time'.repeat(20);
    put('token-1');
    // Longer than a machine may stand still between two pieces.
    const source = open(undefined, 1_500);
    const seen = new Set<string>([await read(source)]);
    for (let length = 50; length < whole.length + 50; length += 50) {
      put(whole.slice(0, length));
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.add(await read(source));
    }
    await expect.poll(() => read(source), patience).toBe(whole);
    expect([...seen].filter((value) => value !== 'token-1' && value !== whole)).toEqual([]);
  });

  it('that is taken away is gone', async () => {
    put('token-1');
    const source = open();
    await read(source);
    rmSync(join(home(), 'access_token'));
    await expect
      .poll(() => read(source).catch((error: CodedError) => error.code), patience)
      .toBe('CONNECTOR_UNAVAILABLE');
    put('token-2');
    await expect.poll(() => read(source).catch(() => ''), patience).toBe('token-2');
  });

  it('whose change can not be put on record is not used yet', async () => {
    put('token-1');
    let away = true;
    const source = open(async () => {
      if (away) throw new CodedError('AUDIT_WRITE_FAILED');
    });
    await read(source);
    put('token-2');
    await expect.poll(() => problems.length, patience).toBeGreaterThan(0);
    await expect(read(source)).resolves.toBe('token-1');
    away = false;
    await expect.poll(() => read(source), patience).toBe('token-2');
  });

  it('of another tenant, or none, is an error that says nothing of any value', async () => {
    put('token-1');
    const source = open();
    for (const asked of [
      ['globex', 'openclaw-github-oauth', 'access_token'],
      ['acme', 'openclaw-jira-oauth', 'access_token'],
      ['../acme', 'openclaw-github-oauth', 'access_token'],
      ['globex', '../acme/openclaw-github-oauth', 'access_token'],
      ['acme', 'openclaw-github-oauth', '../../acme/openclaw-github-oauth/access_token'],
    ] as const) {
      const [tenantId, secretName, key] = asked;
      const error: unknown = await source.read(tenantId, secretName, key).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'CONNECTOR_UNAVAILABLE' });
      expect(String(error)).not.toContain('token-1');
    }
  });
});
