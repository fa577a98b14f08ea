import { describe, expect, it } from 'vitest';
import { tenantStatuses } from '#domain/tenant/tenant.ts';
import { domainsIn } from '#web/tenants/domains-in.ts';
import { stepsFor, tenantWords } from '#web/tenants/tenant-words.ts';

describe('a tenant in words', () => {
  it('has a word and steps for every status', () => {
    const steps = Object.fromEntries(tenantStatuses.map((status) => [status, stepsFor(status)]));
    expect(steps).toEqual({
      provisioning: [],
      active: ['suspend', 'delete'],
      suspended: ['resume', 'delete'],
      deleting: ['restore'],
      deleted: [],
    });
    for (const status of tenantStatuses) expect(tenantWords(status).word).not.toBe('');
  });

  it('reads domains with commas, spaces or lines between them', () => {
    expect(domainsIn(' acme.test,WWW.acme.test\nacme.test ; x.test')).toEqual([
      'acme.test',
      'www.acme.test',
      'x.test',
    ]);
    expect(domainsIn(' ')).toEqual([]);
  });
});
