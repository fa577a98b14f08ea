import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Actor } from '#domain/person/actor.ts';
import type { Role } from '#domain/person/role.ts';
import { planCreation } from '#governance/policy/change/plan-change.ts';
import { createPolicyEvaluator } from '#governance/policy/evaluate.ts';
import { createPreviewImpact } from '#governance/policy/impact/preview.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';
import { openTestStores, type TestStores } from '../../../support/open-test-stores.ts';

let opened: TestStores;

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened?.close());

const actor = (role: Role): Actor => ({
  tenantId: 'acme',
  userId: `a ${role}`,
  role,
  orgUnit: 'engineering',
});

it('administrators look while a person’s look at their own policy takes long, and people one after another', async () => {
  const { stores } = opened;
  const { evaluateUnder } = createPolicyEvaluator({
    module: await loadRegoModule(),
    readPolicies: async () => ({ revision: 1, policies: [] }),
    actions: [],
  });
  const goOn = Promise.withResolvers<void>();
  let begun = 0;
  const impact = {
    window: stores.impact.window,
    async *pages(...asked: Parameters<typeof stores.impact.pages>) {
      begun += 1;
      if (begun === 1) await goOn.promise;
      yield* stores.impact.pages(...asked);
    },
  };
  const preview = createPreviewImpact({ ...stores, impact, evaluateUnder, now: () => new Date() });
  const look = async (by: Actor) => {
    const body = {
      name: 'Actions',
      domain: 'actions',
      scope: { level: 'org', org_unit: 'engineering' },
      status: 'active',
      rules: {},
      change_reason: 'a look',
    };
    const planned = planCreation(body, {
      active: [],
      versions: [],
      unproven: [],
      isOver: false,
      by: by.userId,
      at: new Date(),
    });
    return (await preview(by, { planned, active: [] })).decisions;
  };
  const first = look(actor('user'));
  await expect.poll(() => begun).toBe(1);
  const second = look(actor('user'));
  for (const role of ['team_lead', 'org_admin', 'enterprise_admin'] as const) {
    expect(await look(actor(role))).toBe(0);
  }
  expect(begun).toBe(4);
  goOn.resolve();
  expect(await Promise.all([first, second])).toEqual([0, 0]);
  expect(begun).toBe(5);
});
