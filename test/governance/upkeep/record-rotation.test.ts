import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRecordRotation } from '#governance/upkeep/record-rotation.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { createMountedSecrets } from '#platform/secrets/mounted-secrets.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { patience } from '../../support/patience.ts';
import { recordEventIn } from '../../support/record-event.ts';

describe('a rotated secret', () => {
  let opened: TestStores;
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-rotation-'));
  const home = join(folder, 'acme', 'openclaw-github-oauth');
  beforeAll(async () => {
    opened = await openTestStores();
    mkdirSync(home, { recursive: true });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await opened.close();
  });

  it('is on record once, however many workers use it, and says nothing of the value', async () => {
    const keys = parseKeyRing(
      JSON.stringify({ active: 'm1', keys: { m1: Buffer.alloc(32, 7).toString('base64') } }),
    );
    writeFileSync(join(home, 'access_token'), 'first-value');
    const workers = Array.from({ length: 3 }, () =>
      createMountedSecrets({
        folder,
        onRotation: createRecordRotation({
          recordEvent: recordEventIn(opened.stores),
          keys,
          now: () => new Date('2026-01-01T00:00:00Z'),
        }),
        onProblem: () => {},
        rereadMs: 500,
        unchangedMs: 20,
      }),
    );
    const readAll = () =>
      Promise.all(workers.map(({ read }) => read('acme', 'openclaw-github-oauth', 'access_token')));
    try {
      await readAll();
      writeFileSync(join(home, 'access_token'), 'second-value');
      await expect.poll(readAll, patience).toEqual(workers.map(() => 'second-value'));
      writeFileSync(join(home, 'access_token'), 'third-value');
      await expect.poll(readAll, patience).toEqual(workers.map(() => 'third-value'));
    } finally {
      for (const { close } of workers) await close();
    }
    const entries = await entriesOf(opened.stores, 'acme');
    const rotated = entries.filter(({ event }) => event === 'secret.rotated');
    expect(rotated.map(({ actionDetail }) => actionDetail)).toEqual([
      'openclaw-github-oauth/access_token',
      'openclaw-github-oauth/access_token',
    ]);
    expect(JSON.stringify(entries)).not.toContain('-value');
  });
});
