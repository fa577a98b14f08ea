import { expect, it } from 'vitest';
import { createTenantPace } from '#gateway/http/rate-limit/tenant-pace.ts';

it('two people within their budgets (120 a minute) lock no colleague out while another tenant is there', async () => {
  let clockMs = 0;
  const keepPace = createTenantPace({
    perSecond: { reads: 150, changes: 12 },
    monotonicMs: () => clockMs,
    wait: async () => {},
  });
  const begins = (tenantId: string, userId: string) =>
    keepPace('changes', { tenantId, userId }).then(
      () => true,
      () => false,
    );
  const colleague: boolean[] = [];
  for (; clockMs < 60_000; clockMs += 500) {
    await begins('acme', 'busy-1');
    await begins('acme', 'busy-2');
    if (clockMs % 1_000 === 0) await begins('globex', 'anybody');
    // Ten colleagues vote now and then, each once in ten seconds.
    if (clockMs % 1_000 === 0) colleague.push(await begins('acme', `colleague-${(clockMs / 1_000) % 10}`));
  }
  expect(colleague).not.toContain(false);
});
