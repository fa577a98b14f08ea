import type { Envelope } from '#platform/crypto/envelope.ts';
import { createDatabase } from '#platform/database/pool.ts';
import type { ApprovalStore } from './approval/approvals.ts';
import { createApprovalStore } from './approval/create-approval-store.ts';
import { type AuditReader, createAuditReader } from './audit/entries.ts';
import { type AuditExportReader, createAuditExportReader } from './audit/export.ts';
import { createGapStore, type GapStore } from './audit/gaps.ts';
import { createLedger, type Ledger } from './audit/ledger.ts';
import { createPublicationStore, type PublicationStore } from './audit/publications.ts';
import { createRetentionStore, type RetentionStore } from './audit/retention.ts';
import { createTreeStore, type TreeStore } from './audit/tree.ts';
import { type ClassificationStore, createClassificationStore } from './classification/classifications.ts';
import { type ContentStore, createContentStore } from './content/content.ts';
import { type ContentRetentionStore, createContentRetentionStore } from './content/retention.ts';
import { type DatabaseSettings, openDatabase, type StoreDatabase } from './database.ts';
import { createDataKeyStore, type DataKeyStore } from './key/data-keys.ts';
import { createRowProofs, type RowProofs } from './key/row-proofs.ts';
import { createWrappedKeyStore, type WrappedKeyStore } from './key/wrapped-keys.ts';
import { createModelUsageStore, type ModelUsageStore } from './model/usage.ts';
import { createErasureStore, type ErasureStore } from './person/erasures.ts';
import { createGrantStore, type GrantStore } from './person/grants.ts';
import { createLegalHoldStore, type LegalHoldStore } from './person/legal-holds.ts';
import { createPeopleStore, type PeopleStore } from './person/people.ts';
import { createSessionStore, type SessionStore } from './person/sessions.ts';
import { createSubjectStore, type SubjectStore } from './person/subjects.ts';
import { createUserDataStore, type UserDataStore } from './person/user-data.ts';
import { type BundleFailureStore, createBundleFailureStore } from './policy/bundle-failures.ts';
import { createImpactStore, type ImpactStore } from './policy/impact.ts';
import { createPolicyStore, type PolicyStore } from './policy/policies.ts';
import { createPolicySettingsStore, type PolicySettingsStore } from './policy/settings.ts';
import type { PolicySigning } from './policy/version-proof.ts';
import { createRequestStore } from './request/create-request-store.ts';
import type { RequestStore } from './request/requests.ts';
import { createTenantStore, type TenantStore } from './tenant/tenants.ts';
import { createUpkeepStore, type UpkeepStore } from './upkeep/upkeep.ts';

/** Every store of a process over its two databases. */
export interface Stores {
  database: StoreDatabase;
  content: ContentStore;
  contentRetention: ContentRetentionStore;
  dataKeys: DataKeyStore;
  rowProofs: RowProofs;
  wrappedKeys: WrappedKeyStore;
  requests: RequestStore;
  approvals: ApprovalStore;
  bundleFailures: BundleFailureStore;
  policies: PolicyStore;
  policySettings: PolicySettingsStore;
  impact: ImpactStore;
  people: PeopleStore;
  grants: GrantStore;
  tenants: TenantStore;
  sessions: SessionStore;
  subjects: SubjectStore;
  legalHolds: LegalHoldStore;
  erasures: ErasureStore;
  retention: RetentionStore;
  gaps: GapStore;
  userData: UserDataStore;
  ledger: Ledger;
  auditEntries: AuditReader;
  auditExport: AuditExportReader;
  tree: TreeStore;
  publications: PublicationStore;
  classifications: ClassificationStore;
  modelUsage: ModelUsageStore;
  upkeep: UpkeepStore;
  /** Both databases answer; throws `DATABASE_UNAVAILABLE`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openStores(settings: {
  /** DATABASE_URL, the runtime login. */
  database: DatabaseSettings;
  /** AUDIT_DATABASE_URL, the runtime login. */
  audit: DatabaseSettings;
  /** Of the master keys. */
  envelope: Envelope;
  /** With its key only in processes that change policies; the others can only read them. */
  policySigning?: PolicySigning;
}): Stores {
  const { url: auditUrl, ...auditOptions } = settings.audit;
  const { policySigning: signing } = settings;
  const opened = openDatabase(settings.database);
  const dataKeys = createDataKeyStore({ database: opened, envelope: settings.envelope });
  const { envelope } = dataKeys;
  const database: StoreDatabase = {
    ...opened,
    // Loaded before the transaction, which needs its tenant's keys to seal and open and may not wait for a second
    // connection.
    async inTenant(tenantId, work) {
      await dataKeys.ready(tenantId);
      return opened.inTenant(tenantId, work);
    },
  };
  const audit = createDatabase(auditUrl, auditOptions);
  const content = createContentStore({ database, envelope });
  const subjects = createSubjectStore({ database, envelope });
  const policies = createPolicyStore({ database, signing });
  const rowProofs = createRowProofs(dataKeys);
  return {
    database,
    content,
    contentRetention: createContentRetentionStore({ database, pool: audit }),
    dataKeys,
    rowProofs,
    wrappedKeys: createWrappedKeyStore({ database: opened, envelope: settings.envelope }),
    requests: createRequestStore({ database, content }),
    approvals: createApprovalStore({ database, content }),
    bundleFailures: createBundleFailureStore(database),
    policies,
    policySettings: createPolicySettingsStore({ database, signing }),
    impact: createImpactStore({ database, pool: audit, signing }),
    people: createPeopleStore({ database }),
    grants: createGrantStore({ database, envelope }),
    classifications: createClassificationStore({ database, content }),
    modelUsage: createModelUsageStore({ database }),
    tenants: createTenantStore({ database }),
    sessions: createSessionStore({ database, envelope, ready: dataKeys.ready }),
    subjects,
    legalHolds: createLegalHoldStore({
      pool: audit,
      subjects,
      rowProofs,
      envelope,
      ready: dataKeys.ready,
    }),
    erasures: createErasureStore({ database }),
    retention: createRetentionStore({ pool: audit }),
    gaps: createGapStore({ database, pool: audit, subjects, rowProofs }),
    userData: createUserDataStore({ database, content, provenPolicies: policies }),
    ledger: createLedger({ pool: audit, subjects, rowProofs }),
    auditEntries: createAuditReader({ pool: audit, subjects, rowProofs }),
    auditExport: createAuditExportReader({ pool: audit, subjects }),
    tree: createTreeStore({ pool: audit, rowProofs }),
    upkeep: createUpkeepStore({ database }),
    publications: createPublicationStore({ database }),
    async ping() {
      await Promise.all([database.ping(), audit.query('SELECT 1', [])]);
    },
    async close() {
      await Promise.all([database.close(), audit.close()]);
    },
  };
}
