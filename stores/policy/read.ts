import { sql } from 'kysely';
import type { ReadablePlaces } from '#domain/policy/access.ts';
import type { Policy, PolicyDomain, PolicyLevel, PolicyStatus } from '#domain/policy/policy.ts';
import type { TenantTx } from '../database.ts';
import { type PolicyRowWithCanary, toPolicy } from './rows.ts';
import type { PolicySet, PolicySignature } from './signed-set.ts';

export interface PolicyFilters {
  domain?: PolicyDomain;
  status?: PolicyStatus;
  level?: PolicyLevel;
  orgUnit?: string;
}

export interface PolicyPageQuery {
  filters: PolicyFilters;
  /** The policies that count. */
  readable: ReadablePlaces | 'all';
  limit: number;
  offset: number;
}

/** Active policies and canaries, in one statement, so that revision, signature and policies belong together. */
export async function readActiveSet(tx: TenantTx): Promise<PolicySet> {
  const rows = await tx
    .selectFrom('policy_revision')
    .leftJoin('policies', (join) =>
      join.on(({ or, eb, exists, selectFrom }) =>
        or([
          eb('policies.status', '=', 'active'),
          exists(
            selectFrom('policy_canaries as canary')
              .select('canary.version')
              .whereRef('canary.policy_id', '=', 'policies.id')
              .whereRef('canary.version', '=', 'policies.version'),
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
 * Of each policy the active version, its canary, and the newest if that is another one; by domain, then by position.
 */
export async function readCurrent(tx: TenantTx, filters: PolicyFilters): Promise<Policy[]> {
  const rows = await inOrder(currentRows(tx, filters)).execute();
  return rows.map(toPolicy);
}

/** One page of what `readCurrent` returns, of those that somebody may read, and how many there are. */
export async function readPage(
  tx: TenantTx,
  { filters, readable, limit, offset }: PolicyPageQuery,
): Promise<{ policies: Policy[]; total: number }> {
  const found = () => {
    const rows = currentRows(tx, filters);
    return readable === 'all' ? rows : rows.where(isWithin(readable));
  };
  const rows = await inOrder(found()).limit(limit).offset(offset).execute();
  const { total } = await tx
    .selectFrom(found().as('found'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { policies: rows.map(toPolicy), total };
}

function isWithin({ userId, unitsAbove, unitInReach }: ReadablePlaces) {
  return sql<boolean>`(level = 'enterprise'
    OR (level IN ('org', 'team') AND org_unit = ANY(${unitsAbove}::text[]))
    OR (level = 'user' AND user_id = ${userId})
    OR org_unit = ${unitInReach}
    OR starts_with(org_unit, ${unitInReach}::text || '/'))`;
}

function currentRows(tx: TenantTx, { domain, status, level, orgUnit }: PolicyFilters) {
  return policyRows(tx)
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
    .$if(orgUnit !== undefined, (query) => query.where('org_unit', '=', orgUnit ?? ''));
}

function inOrder(rows: ReturnType<typeof currentRows>) {
  return rows.orderBy('domain').orderBy('id').orderBy('policies.version');
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
