import type { Policy, PolicyDomain, PolicyLevel, PolicyStatus } from '#domain/policy.ts';
import type { TenantTx } from '../database.ts';
import { type PolicyRowWithCanary, toPolicy } from './rows.ts';
import type { PolicySet, PolicySignature } from './signed-set.ts';

export interface PolicyFilters {
  domain?: PolicyDomain;
  status?: PolicyStatus;
  level?: PolicyLevel;
  orgUnit?: string;
}

/** What is active, and drafts that hold for a few. In one statement, so that number, signature and policies belong together. */
export async function readActiveSet(tx: TenantTx): Promise<PolicySet> {
  const rows = await tx
    .selectFrom('policy_revision')
    .leftJoin('policies', (join) =>
      join.on(({ or, eb, exists, selectFrom }) =>
        or([
          eb('policies.status', '=', 'active'),
          exists(
            selectFrom('policy_canaries as held')
              .select('held.version')
              .whereRef('held.policy_id', '=', 'policies.id')
              .whereRef('held.version', '=', 'policies.version'),
          ),
        ]),
      ),
    )
    .leftJoin('policy_canaries', (join) =>
      join
        .onRef('policy_canaries.policy_id', '=', 'policies.id')
        .onRef('policy_canaries.version', '=', 'policies.version'),
    )
    .selectAll('policies')
    .select([
      'policy_canaries.user_ids as canary_for',
      'policy_revision.revision',
      'policy_revision.digest',
      'policy_revision.key_id',
      'policy_revision.signature',
      'policy_revision.signed_at',
    ])
    .orderBy('policies.id')
    .orderBy('policies.version')
    .execute();
  const [first] = rows;
  return {
    revision: first?.revision ?? 0,
    policies: rows.flatMap((row) => (isWhole(row) ? [toPolicy(row)] : [])),
    signed: first === undefined ? null : signatureOf(first),
  };
}

/** Every version of one policy, oldest first. */
export async function readVersions(tx: TenantTx, id: string): Promise<Policy[]> {
  const rows = await policyRows(tx).where('policies.id', '=', id).orderBy('policies.version').execute();
  return rows.map(toPolicy);
}

/**
 * Of each policy the active version, the one that holds for a few, and, where another one is newer, the newest; by
 * domain, then by position.
 */
export async function readCurrent(tx: TenantTx, filters: PolicyFilters): Promise<Policy[]> {
  const { domain, status, level, orgUnit } = filters;
  const rows = await policyRows(tx)
    .where(({ or, and, eb, not, exists, selectFrom }) =>
      or([
        eb('status', '=', 'active'),
        eb('policy_canaries.version', 'is not', null),
        and([
          not(
            exists(
              selectFrom('policies as newer')
                .select('newer.id')
                .whereRef('newer.id', '=', 'policies.id')
                .whereRef('newer.version', '>', 'policies.version'),
            ),
          ),
        ]),
      ]),
    )
    .$if(domain !== undefined, (query) => query.where('domain', '=', domain ?? 'actions'))
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'active'))
    .$if(level !== undefined, (query) => query.where('level', '=', level ?? 'user'))
    .$if(orgUnit !== undefined, (query) => query.where('org_unit', '=', orgUnit ?? ''))
    .orderBy('domain')
    .orderBy('id')
    .orderBy('policies.version')
    .execute();
  return rows.map(toPolicy);
}

function policyRows(tx: TenantTx) {
  return tx
    .selectFrom('policies')
    .leftJoin('policy_canaries', (join) =>
      join
        .onRef('policy_canaries.policy_id', '=', 'policies.id')
        .onRef('policy_canaries.version', '=', 'policies.version'),
    )
    .selectAll('policies')
    .select('policy_canaries.user_ids as canary_for');
}

type Nullable<Row> = { [Column in keyof Row]: Row[Column] | null };

function isWhole(row: Nullable<PolicyRowWithCanary>): row is PolicyRowWithCanary {
  return row.id !== null;
}

function signatureOf(row: {
  digest: string | null;
  key_id: string | null;
  signature: string | null;
  signed_at: string | null;
}): PolicySignature | null {
  const { digest, key_id: keyId, signature, signed_at: signedAt } = row;
  if (digest === null || keyId === null || signature === null || signedAt === null) return null;
  return { digest, keyId, signature, signedAt };
}
