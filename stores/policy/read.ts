import { sql } from 'kysely';
import type { ReadablePlaces } from '#domain/policy/access.ts';
import type { PolicyDomain, PolicyLevel, PolicyStatus } from '#domain/policy/policy.ts';
import type { TenantTx } from '../database.ts';
import { type PolicyRowWithCanary, toStored } from './rows.ts';
import type { PolicySet, PolicySignature } from './signed-set.ts';
import type { StoredVersion } from './version-proof.ts';

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

/** Active policies and canaries. */
export async function readActiveSet(tx: TenantTx): Promise<PolicySet> {
  const { versions, ...set } = await readActiveVersions(tx);
  return { ...set, policies: versions.map(({ policy }) => policy) };
}

/** The same with each one's own proof; in one statement, so that revision, signature and policies belong together. */
export async function readActiveVersions(
  tx: TenantTx,
): Promise<Omit<PolicySet, 'policies'> & { versions: readonly StoredVersion[] }> {
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
      'policy_revision.key_id as set_key_id',
      'policy_revision.signature as set_signature',
      'policy_revision.signed_at',
    ])
    .orderBy('policies.id')
    .orderBy('policies.version')
    .execute();
  const [first] = rows;
  return {
    revision: first?.revision ?? 0,
    versions: rows.flatMap((row) => (isWhole(row) ? [toStored(row)] : [])),
    signed: first === undefined ? null : signatureOf(first),
  };
}

/** Every version of one policy, oldest first. */
export async function readVersions(tx: TenantTx, id: string): Promise<StoredVersion[]> {
  const rows = await policyRows(tx).where('policies.id', '=', id).orderBy('policies.version').execute();
  return rows.map(toStored);
}

/** Drafts and active policies of one person in one domain. */
export async function readLivingOf(
  tx: TenantTx,
  { domain, userId }: { domain: PolicyDomain; userId: string },
): Promise<StoredVersion[]> {
  const rows = await policyRows(tx)
    .where('domain', '=', domain)
    .where('level', '=', 'user')
    .where('user_id', '=', userId)
    .where('status', '!=', 'deprecated')
    .execute();
  return rows.map(toStored);
}

/** Every version of every policy, oldest first. */
export async function readAllVersions(tx: TenantTx): Promise<StoredVersion[]> {
  const rows = await policyRows(tx).orderBy('policies.id').orderBy('policies.version').execute();
  return rows.map(toStored);
}

/** These versions, as `policyRef` names them. */
export async function readByRef(tx: TenantTx, refs: readonly string[]): Promise<StoredVersion[]> {
  if (refs.length === 0) return [];
  const rows = await policyRows(tx)
    .where(
      sql<boolean>`(policies.id, policies.version) IN (
        SELECT left(ref, -strpos(reverse(ref), '@')), reverse(split_part(reverse(ref), '@', 1))::integer
        FROM unnest(${[...refs]}::text[]) AS ref)`,
    )
    .execute();
  return rows.map(toStored);
}

/**
 * Of each policy the active version, its canary, and the newest if that is another one; by domain, then by position.
 * `skipped` are newer ones that nothing proves (newest.ts): of these the newest is there too.
 */
export async function readCurrent(
  tx: TenantTx,
  filters: PolicyFilters,
  skipped: readonly string[],
): Promise<StoredVersion[]> {
  const rows = await inOrder(currentRows(tx, filters, skipped)).execute();
  return rows.map(toStored);
}

/** One page of what `readCurrent` returns, of those that somebody may read, and how many there are. */
export async function readPage(
  tx: TenantTx,
  { filters, readable, limit, offset }: PolicyPageQuery,
  skipped: readonly string[],
): Promise<{ versions: StoredVersion[]; total: number }> {
  const found = () => {
    const rows = currentRows(tx, filters, skipped);
    return readable === 'all' ? rows : rows.where(isWithin(readable));
  };
  const rows = await inOrder(found()).limit(limit).offset(offset).execute();
  const { total } = await tx
    .selectFrom(found().as('found'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { versions: rows.map(toStored), total };
}

function isWithin({ userId, unitsAbove, unitInReach }: ReadablePlaces) {
  return sql<boolean>`(level = 'enterprise'
    OR (level IN ('org', 'team') AND org_unit = ANY(${unitsAbove}::text[]))
    OR (level = 'user' AND user_id = ${userId})
    OR org_unit = ${unitInReach}
    OR starts_with(org_unit, ${unitInReach}::text || '/'))`;
}

function currentRows(
  tx: TenantTx,
  { domain, status, level, orgUnit }: PolicyFilters,
  skipped: readonly string[],
) {
  return policyRows(tx)
    .where(({ or, and, eb, not, exists, selectFrom }) =>
      or([
        eb('status', '=', 'active'),
        eb('policy_canaries.version', 'is not', null),
        not(
          exists(
            selectFrom('policies as newer')
              .select('newer.id')
              .whereRef('newer.id', '=', 'policies.id')
              .whereRef('newer.version', '>', 'policies.version'),
          ),
        ),
        ...(skipped.length === 0
          ? []
          : [
              and([
                notIn('policies', skipped),
                not(
                  exists(
                    selectFrom('policies as newer')
                      .select('newer.id')
                      .whereRef('newer.id', '=', 'policies.id')
                      .whereRef('newer.version', '>', 'policies.version')
                      .where(notIn('newer', skipped)),
                  ),
                ),
              ]),
            ]),
      ]),
    )
    .$if(domain !== undefined, (query) => query.where('domain', '=', domain ?? 'actions'))
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'active'))
    .$if(level !== undefined, (query) => query.where('level', '=', level ?? 'user'))
    .$if(orgUnit !== undefined, (query) => query.where('org_unit', '=', orgUnit ?? ''));
}

function notIn(table: 'policies' | 'newer', refs: readonly string[]) {
  return sql<boolean>`${sql.ref(`${table}.id`)} || '@' || ${sql.ref(`${table}.version`)} <> ALL(${[...refs]}::text[])`;
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
  set_key_id: string | null;
  set_signature: string | null;
  signed_at: string | null;
}): PolicySignature | null {
  const { digest, set_key_id: keyId, set_signature: signature, signed_at: signedAt } = row;
  if (digest === null || keyId === null || signature === null || signedAt === null) return null;
  return { digest, keyId, signature, signedAt };
}
