import type { ColumnType, Generated } from 'kysely';
import type { Role } from '#domain/person/role.ts';
import type { Bytes, GeneratedTimestamp, Json, Timestamp } from '../columns.ts';

/** People seen, with the rights that the identity provider last stated. */
export interface PeopleTable {
  user_id: string;
  email: string | null;
  name: string | null;
  role: Role;
  org_unit: string;
  stated_at: Timestamp;
  seen_at: GeneratedTimestamp;
  revoked_at: Timestamp | null;
  confirmed_at: Timestamp | null;
  withdrawn_at: Timestamp | null;
  not_before: Timestamp | null;
}

/** Grants: what the provider can be asked with about a person's rights. */
export interface GrantsTable {
  id: string;
  user_id: string;
  kind: 'refresh' | 'access' | 'bearer';
  sealed: ColumnType<Uint8Array, Uint8Array, Uint8Array>;
  created_at: GeneratedTimestamp;
  used_at: GeneratedTimestamp;
  expires_at: Timestamp;
  lease: string | null;
  leased_until: Timestamp | null;
  provider_session: string | null;
  offline: Generated<boolean>;
}

/** The random names of people in the audit log. */
export interface SubjectsTable {
  subject: string;
  user_id: string | null;
  sealed_key: Bytes | null;
  created_at: GeneratedTimestamp;
  erased_at: Timestamp | null;
}

/** Erasures of people, and what came of each of them. */
export interface ErasuresTable {
  id: string;
  user_id: string | null;
  subject: string | null;
  requested_by: string;
  reason_ref: string;
  created_at: GeneratedTimestamp;
  finished_at: Timestamp | null;
  result: Json | null;
}

/** Browser sessions of all tenants: found by the hash of a cookie, before the tenant is known. */
export interface SessionsTable {
  id_hash: string;
  tenant_id: string;
  user_id: string;
  sealed: ColumnType<Uint8Array, Uint8Array, Uint8Array>;
  created_at: GeneratedTimestamp;
  seen_at: GeneratedTimestamp;
  expires_at: Timestamp;
  ended_at: Timestamp | null;
  session_id: string;
  kind: 'session' | 'ticket';
  provider_session: string | null;
}

/** Back-channel logout tokens that were taken. */
export interface LogoutTokensTable {
  token_hash: string;
  expires_at: Timestamp;
}

/** Sign-ins at the provider that a logout token has ended. */
export interface EndedSignInsTable {
  provider_session: string;
  ended_at: GeneratedTimestamp;
  expires_at: Timestamp;
}

/** Of the schema of a tenant. */
export interface PersonTables {
  people: PeopleTable;
  grants: GrantsTable;
  subjects: SubjectsTable;
  erasures: ErasuresTable;
}

/** Of the shared schema. */
export interface SessionTables {
  sessions: SessionsTable;
  logout_tokens: LogoutTokensTable;
  ended_sign_ins: EndedSignInsTable;
}
