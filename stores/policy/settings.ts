import type { PolicyChangeReview } from '#domain/policy/impact.ts';
import type { TenantDatabase } from '../database.ts';

export interface PolicySettings {
  /** Which changes have to confirm the digest of their impact. */
  changeReview: PolicyChangeReview;
}

export interface PolicySettingsStore {
  read(tenantId: string): Promise<PolicySettings>;
  /** `beforeCommit` gets the previous value, and undoes everything by throwing. */
  change(
    tenantId: string,
    settings: PolicySettings,
    beforeCommit: (before: PolicySettings) => Promise<void>,
  ): Promise<void>;
}

export function createPolicySettingsStore({ database }: { database: TenantDatabase }): PolicySettingsStore {
  return {
    read: (tenantId) =>
      database.inTenant(tenantId, (tx) =>
        tx.selectFrom('policy_settings').select('change_review as changeReview').executeTakeFirstOrThrow(),
      ),
    change: (tenantId, { changeReview }, beforeCommit) =>
      database.inTenant(tenantId, async (tx) => {
        const before = await tx
          .selectFrom('policy_settings')
          .select('change_review as changeReview')
          .forUpdate()
          .executeTakeFirstOrThrow();
        await tx.updateTable('policy_settings').set({ change_review: changeReview }).execute();
        await beforeCommit(before);
      }),
  };
}
