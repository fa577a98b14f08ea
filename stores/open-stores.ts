import type { Envelope } from '#platform/crypto/envelope.ts';
import { createDatabase } from '#platform/database/pool.ts';
import { type ApprovalStore, createApprovalStore } from './approvals.ts';
import { type AuditReader, createAuditReader } from './audit-entries.ts';
import { type ContentStore, createContentStore } from './content.ts';
import { type DatabaseSettings, openDatabase, type StoreDatabase } from './database.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createPeopleStore, type PeopleStore } from './people.ts';
import { createPolicyStore, type PolicyStore } from './policies.ts';
import { createRequestStore, type RequestStore } from './requests.ts';
import { createSessionStore, type SessionStore } from './sessions.ts';
import { createTenantStore, type TenantStore } from './tenants.ts';

/** Every store of a process over its two databases. */
export interface Stores {
  database: StoreDatabase;
  content: ContentStore;
  requests: RequestStore;
  approvals: ApprovalStore;
  policies: PolicyStore;
  people: PeopleStore;
  tenants: TenantStore;
  sessions: SessionStore;
  ledger: Ledger;
  auditEntries: AuditReader;
  /** Both databases answer; throws `DATABASE_UNAVAILABLE`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openStores(settings: {
  /** DATABASE_URL, the runtime login. */
  database: DatabaseSettings;
  /** AUDIT_DATABASE_URL, the runtime login. */
  audit: DatabaseSettings;
  envelope: Envelope;
}): Stores {
  const { envelope } = settings;
  const { url: auditUrl, ...auditOptions } = settings.audit;
  const database = openDatabase(settings.database);
  const audit = createDatabase(auditUrl, auditOptions);
  const content = createContentStore({ database, envelope });
  return {
    database,
    content,
    requests: createRequestStore({ database, content }),
    approvals: createApprovalStore({ database, content }),
    policies: createPolicyStore({ database }),
    people: createPeopleStore({ database }),
    tenants: createTenantStore({ database }),
    sessions: createSessionStore({ database, envelope }),
    ledger: createLedger({ pool: audit }),
    auditEntries: createAuditReader({ pool: audit }),
    async ping() {
      await Promise.all([database.ping(), audit.query('SELECT 1', [])]);
    },
    async close() {
      await Promise.all([database.close(), audit.close()]);
    },
  };
}
