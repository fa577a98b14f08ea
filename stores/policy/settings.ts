import type { PolicyChangeReview } from '#domain/policy/impact.ts';
import type { TenantDatabase, TenantTx } from '../database.ts';
import type { Proving } from './proven.ts';
import { isProof, type PolicySigning, proofOf, signed, signerOf } from './version-proof.ts';

export interface PolicySettings {
  /** Which changes have to confirm the digest of their impact. */
  changeReview: PolicyChangeReview;
}

export interface PolicySettingsStore {
  /** As shipped, if they were never set; `all` while they are not what we signed. */
  read(tenantId: string): Promise<PolicySettings>;
  /** `beforeCommit` gets the previous value, and undoes everything by throwing. */
  change(
    tenantId: string,
    settings: PolicySettings,
    beforeCommit: (before: PolicySettings) => Promise<void>,
  ): Promise<void>;
}

interface PolicySettingsStoreOptions {
  database: TenantDatabase;
  signing?: PolicySigning | undefined;
}

export function createPolicySettingsStore({
  database,
  signing,
}: PolicySettingsStoreOptions): PolicySettingsStore {
  return {
    read: (tenantId) =>
      database.inTenant(tenantId, async (tx) =>
        settingsOf({ tenantId, signing }, await rows(tx).executeTakeFirstOrThrow()),
      ),
    change: (tenantId, { changeReview }, beforeCommit) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await rows(tx).forUpdate().executeTakeFirstOrThrow();
        await store(tx, { tenantId, signing }, { changeReview, n: row.n + 1 });
        await beforeCommit(settingsOf({ tenantId, signing }, row));
      }),
  };
}

/** Signs what was set before there were proofs. */
export async function signSettings(tx: TenantTx, proving: Proving): Promise<void> {
  const { change_review: changeReview, n, signature } = await rows(tx).forUpdate().executeTakeFirstOrThrow();
  if (signature === null) await store(tx, proving, { changeReview, n: n + 1 });
}

interface Numbered extends PolicySettings {
  n: number;
}

interface SettingsRow {
  change_review: PolicyChangeReview;
  n: number;
  key_id: string | null;
  signature: string | null;
}

function rows(tx: TenantTx) {
  return tx.selectFrom('policy_settings').select(['change_review', 'n', 'key_id', 'signature']);
}

function settingsOf({ tenantId, signing }: Proving, row: SettingsRow): PolicySettings {
  const { change_review: changeReview, n, signature } = row;
  if (signature === null) return { changeReview: 'off' };
  const isSigned = isProof(signing, claimsOf(tenantId, { changeReview, n }), proofOf(row));
  return { changeReview: isSigned ? changeReview : 'all' };
}

async function store(tx: TenantTx, { tenantId, signing }: Proving, settings: Numbered): Promise<void> {
  const { keyId, signature } = signed(signerOf(signing), claimsOf(tenantId, settings));
  const { changeReview, n } = settings;
  await tx
    .updateTable('policy_settings')
    .set({ change_review: changeReview, n, key_id: keyId, signature })
    .execute();
}

function claimsOf(tenantId: string, { changeReview, n }: Numbered): object {
  return { kind: 'policy-settings', tenantId, n, changeReview };
}
