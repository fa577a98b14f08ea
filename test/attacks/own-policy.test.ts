import { describe, expect, it } from 'vitest';
import { effectivePolicy, policiesFor } from '#governance/effective-policy.ts';
import { preparePolicy } from '#governance/prepare-policy.ts';

const mia = { userId: 'mia', orgUnit: 'engineering/web' };

/** What a plain user may write and put in force (`policies.write_user` reaches `own`). */
const own = preparePolicy(
  {
    name: 'mine',
    domain: 'actions',
    scope: { level: 'user', user_id: mia.userId, org_unit: mia.orgUnit },
    status: 'active',
    rules: { default_autonomy: 'autonomous' },
    change_reason: 'nobody above says anything',
  },
  { among: [], by: mia.userId, at: new Date() },
);

describe('a domain that the enterprise has taken its policy out of', () => {
  it('permits nothing to a person who writes a policy of their own', () => {
    const { policy } = effectivePolicy(policiesFor(mia, [own]));
    const granted = Object.values(policy.actions?.['autonomy'] ?? {}).map(({ value }) => value);
    expect(granted.filter((value) => value !== 'block')).toEqual([]);
  });
});
