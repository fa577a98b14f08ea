import { describe, expect, it } from 'vitest';
import { verifyExport } from '#transparency/verify-export.ts';
import { exported, newSigner, sampleHeader, sampleRows } from '../support/sample-export.ts';

const signer = newSigner('k1');
const rows = sampleRows(60);
const header = sampleHeader(rows, signer);

const check = (file: Buffer) => verifyExport({ bytes: [file], trustedKeys: [signer.publicKey] });

describe('an export whose unsigned header claims that its oldest entries expired', () => {
  it('is refused when the claim is dated after the head that somebody signed', async () => {
    const file = await exported(
      rows,
      { ...header, expiredBefore: '2098-01-01T00:00:00.000Z', exportedAt: '2099-06-01T00:00:00.000Z' },
      rows.slice(50),
    );
    expect((await check(file)).ok).toBe(false);
  });

  it('is refused when what is hidden got its place after the time before which everything expired', async () => {
    const file = await exported(
      rows,
      { ...header, expiredBefore: '2024-01-01T00:00:00.000Z' },
      rows.slice(50),
    );
    expect((await check(file)).ok).toBe(false);
  });
});
