import { describe, expect, it } from 'vitest';
import { checkAuditHeads } from '#gateway/status/check-audit-heads.ts';
import type { TreeDelays } from '#stores/audit/tree.ts';

function look(delays: TreeDelays): Promise<unknown> {
  return checkAuditHeads({
    tree: { delays: async () => delays },
    publications: { late: async () => [] },
    tenants: {
      list: async () => [{ id: 'acme' }],
    },
  })();
}

describe('the status of the audit log', () => {
  it('is well while heads are signed, or none was yet', async () => {
    await expect(look({ headMs: 120_000, entryId: null })).resolves.toBeUndefined();
    await expect(look({ headMs: null, entryId: null })).resolves.toBeUndefined();
  });

  it('is degraded once the newest head is more than ten minutes old, or an entry gets no place', async () => {
    await expect(look({ headMs: 601_000, entryId: null })).rejects.toThrow('acme: its newest head');
    await expect(look({ headMs: 0, entryId: 'aud_1' })).rejects.toThrow('acme: entry aud_1 gets no place');
    await expect(look({ headMs: null, entryId: 'aud_1' })).rejects.toThrow('acme: entry aud_1 gets no place');
  });
});
