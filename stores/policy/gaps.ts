import { sql } from 'kysely';
import type { PolicyStatus } from '#domain/policy/policy.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { Gap, GapSpan } from '../audit/gap.ts';
import type { TenantDatabase } from '../database.ts';
import { policyRef } from './rows.ts';

/** An audit entry that says that a version of a policy was added or moved. */
export interface PolicyChangeEntry {
  id: string;
  /** ISO 8601. */
  at: string;
  event: string;
  /** `policy_id`, `version`, `status`, `content_digest` and more (governance/policy/change/change.ts). */
  metadata: Readonly<Record<string, unknown>>;
  /** Is it on record as a gap? */
  isGap: boolean;
}

/** A version as it is stored. */
export interface PolicyVersionRow {
  status: PolicyStatus;
  name: string;
  rules: unknown;
  mayGrant: unknown;
  /** Has it a canary? */
  isCanary: boolean;
}

export interface PolicyGapStore {
  /** Page by page, oldest first; without entries that a later one undoes. */
  policyChanges(tenantId: string, span: GapSpan): AsyncGenerator<readonly PolicyChangeEntry[]>;
  /** Those of these versions that exist, by `policyRef`. */
  policyVersions(tenantId: string, refs: readonly string[]): Promise<ReadonlyMap<string, PolicyVersionRow>>;
  /**
   * Versions made in that time without an entry; and, whenever they were made, versions in force without an entry that
   * says so, and of each policy the newest version that ended without one. What is on record as a gap is left out.
   */
  inPolicies(tenantId: string, span: GapSpan): Promise<Gap[]>;
}

const pageSize = 1_000;

export function createPolicyGapStore({
  database,
  pool,
}: {
  database: TenantDatabase;
  pool: Database;
}): PolicyGapStore {
  return {
    async *policyChanges(tenantId, { after, before }) {
      let from = { at: after, id: '' };
      for (;;) {
        const [row] = await pool.query<{ said: PolicyChangeEntry[] }>(
          'SELECT ledger.policy_changes($1, $2, $3, $4, $5) AS said',
          [tenantId, from.at, from.id, before, pageSize],
        );
        const said = row?.said ?? [];
        const last = said.at(-1);
        if (last === undefined) return;
        yield said;
        from = last;
      }
    },
    async policyVersions(tenantId, refs) {
      if (refs.length === 0) return new Map();
      const rows = await database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('policies')
          .leftJoin('policy_canaries', (join) =>
            join
              .onRef('policy_canaries.policy_id', '=', 'policies.id')
              .onRef('policy_canaries.version', '=', 'policies.version'),
          )
          .select(['id', 'policies.version', 'status', 'name', 'rules', 'may_grant', 'policy_id'])
          .where(sql<boolean>`(id, policies.version) IN (
            SELECT split_part(ref, '@', 1), split_part(ref, '@', 2)::integer FROM unnest(${[...refs]}::text[]) AS ref)`)
          .execute(),
      );
      return new Map(
        rows.map(({ id, version, status, name, rules, may_grant: mayGrant, policy_id: ahead }) => [
          policyRef(id, version),
          { status, name, rules, mayGrant, isCanary: ahead !== null },
        ]),
      );
    },
    async inPolicies(tenantId, { after, before }) {
      const versions = await database.inTenant(tenantId, async (tx) => {
        const { rows } = await sql<{ id: string; version: number; status: PolicyStatus; at: string }>`
          SELECT id, version, status, created_at AS at FROM policies AS one
          WHERE created_at < ${before} AND (created_at >= ${after} OR status = 'active' OR status = 'deprecated'
            AND NOT EXISTS (SELECT FROM policies AS newer
              WHERE newer.id = one.id AND newer.version > one.version AND newer.status = 'deprecated'))`.execute(
          tx,
        );
        return rows;
      });
      if (versions.length === 0) return [];
      const [row] = await pool.query<{ bare: string[] }>(
        'SELECT ledger.policies_without_entry($1, $2) AS bare',
        [tenantId, jsonText(versions)],
      );
      return (row?.bare ?? []).map((ref) => ({ kind: 'policy_without_entry', ref }));
    },
  };
}
