import type { Envelope } from '#platform/crypto/envelope.ts';
import { createDatabase } from '#platform/database/pool.ts';
import { type ApprovalStore, createApprovalStore } from './approvals.ts';
import { type AuditReader, createAuditReader } from './audit-entries.ts';
import { type AuditExportReader, createAuditExportReader } from './audit-export.ts';
import { type ClassificationStore, createClassificationStore } from './classifications.ts';
import { type ContentStore, createContentStore } from './content.ts';
import { type ContentRetentionStore, createContentRetentionStore } from './content-retention.ts';
import { createDataKeyStore, type DataKeyStore } from './data-keys.ts';
import { type DatabaseSettings, openDatabase, type StoreDatabase } from './database.ts';
import { createErasureStore, type ErasureStore } from './erasures.ts';
import { createGapStore, type GapStore } from './gaps.ts';
import { createGrantStore, type GrantStore } from './grants.ts';
import { createImpactStore, type ImpactStore } from './impact.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createLegalHoldStore, type LegalHoldStore } from './legal-holds.ts';
import { createModelUsageStore, type ModelUsageStore } from './model-usage.ts';
import { createPeopleStore, type PeopleStore } from './people.ts';
import type { PolicySigning } from './policies/change.ts';
import { createPolicyStore, type PolicyStore } from './policies.ts';
import { createPolicySettingsStore, type PolicySettingsStore } from './policy-settings.ts';
import { createPublicationStore, type PublicationStore } from './publications.ts';
import { createRequestStore, type RequestStore } from './requests.ts';
import { createRetentionStore, type RetentionStore } from './retention.ts';
import { createSessionStore, type SessionStore } from './sessions.ts';
import { createSubjectStore, type SubjectStore } from './subjects.ts';
import { createTenantStore, type TenantStore } from './tenants.ts';
import { createTreeStore, type TreeStore } from './tree.ts';
import { createUserDataStore, type UserDataStore } from './user-data.ts';
import { createWrappedKeyStore, type WrappedKeyStore } from './wrapped-keys.ts';

/** Every store of a process over its two databases. */
export interface Stores {
  database: StoreDatabase;
  content: ContentStore;
  contentRetention: ContentRetentionStore;
  dataKeys: DataKeyStore;
  wrappedKeys: WrappedKeyStore;
  requests: RequestStore;
  approvals: ApprovalStore;
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
  /** For processes that change policies; the others can only read them. */
  policySigning?: PolicySigning;
}): Stores {
  const { url: auditUrl, ...auditOptions } = settings.audit;
  const opened = openDatabase(settings.database);
  const dataKeys = createDataKeyStore({ database: opened, envelope: settings.envelope });
  const { envelope } = dataKeys;
  const database: StoreDatabase = {
    ...opened,
    // What a transaction seals or opens needs its tenant's keys, and may not wait for a second connection meanwhile.
    async inTenant(tenantId, work) {
      await dataKeys.ready(tenantId);
      return opened.inTenant(tenantId, work);
    },
  };
  const audit = createDatabase(auditUrl, auditOptions);
  const content = createContentStore({ database, envelope });
  const subjects = createSubjectStore({ database, envelope });
  return {
    database,
    content,
    contentRetention: createContentRetentionStore({ database, pool: audit }),
    dataKeys,
    wrappedKeys: createWrappedKeyStore({ database: opened, envelope: settings.envelope }),
    requests: createRequestStore({ database, content }),
    approvals: createApprovalStore({ database, content }),
    policies: createPolicyStore({ database, signing: settings.policySigning }),
    policySettings: createPolicySettingsStore({ database }),
    impact: createImpactStore({ database, pool: audit }),
    people: createPeopleStore({ database }),
    grants: createGrantStore({ database, envelope }),
    classifications: createClassificationStore({ database, content }),
    modelUsage: createModelUsageStore({ database }),
    tenants: createTenantStore({ database }),
    sessions: createSessionStore({ database, envelope, ready: dataKeys.ready }),
    subjects,
    legalHolds: createLegalHoldStore({ pool: audit, subjects, envelope, ready: dataKeys.ready }),
    erasures: createErasureStore({ database }),
    retention: createRetentionStore({ pool: audit }),
    gaps: createGapStore({ database, pool: audit, subjects }),
    userData: createUserDataStore({ database, content }),
    ledger: createLedger({ pool: audit, subjects }),
    auditEntries: createAuditReader({ pool: audit, subjects }),
    auditExport: createAuditExportReader({ pool: audit, subjects }),
    tree: createTreeStore({ pool: audit }),
    publications: createPublicationStore({ database }),
    async ping() {
      await Promise.all([database.ping(), audit.query('SELECT 1', [])]);
    },
    async close() {
      await Promise.all([database.close(), audit.close()]);
    },
  };
}
