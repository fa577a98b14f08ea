import { describe, expect, it } from 'vitest';
import { checkAuditHeads } from '#gateway/status/check-audit-heads.ts';
import { newSigner, sampleHead, sampleRows } from '../../support/sample-export.ts';

const head = sampleHead(sampleRows(1), 1, newSigner('k1'));
const signedAt = Date.parse(head.claims.at);

function look(ageMs: number, heads = [head]): Promise<unknown> {
  return checkAuditHeads({
    tree: { heads: async () => heads },
    publications: { late: async () => [] },
    tenants: {
      list: async () => [{ id: 'acme' }],
    },
    now: () => new Date(signedAt + ageMs),
  })();
}

describe('the status of the audit log', () => {
  it('is well while heads are signed, or none was yet', async () => {
    await expect(look(120_000)).resolves.toBeUndefined();
    await expect(look(9_999_999, [])).resolves.toBeUndefined();
  });

  it('is degraded once the newest head is more than ten minutes old', async () => {
    await expect(look(601_000)).rejects.toThrow('the newest head of acme');
  });
});
