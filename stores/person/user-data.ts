import { sql } from 'kysely';
import type { ContentStore } from '../content/content.ts';
import type { DirectoryDatabase, TenantDatabase } from '../database.ts';
import type { PolicyStore } from '../policy/policies.ts';
import { policyRef } from '../policy/rows.ts';

/** One row about a person, in the words of the API. */
export type PersonRow = Readonly<Record<string, unknown>>;

/** What is stored about a person outside of the audit log; in pages, so that memory is bounded. */
export interface UserDataStore {
  person(tenantId: string, userId: string): Promise<PersonRow | null>;
  /** Times only: no cookie, token or hash of one. */
  sessions(tenantId: string, userId: string): Promise<PersonRow[]>;
  /** The grants, without their tokens. */
  grants(tenantId: string, userId: string): Promise<PersonRow[]>;
  /** Model tokens used, by day. */
  modelUsage(tenantId: string, userId: string): Promise<PersonRow[]>;
  /**
   * Policies that the person wrote, that hold for them alone, or whose canary they are in. Of a version that nothing
   * proves the row says so: somebody else may have put it there in their name.
   */
  policies(tenantId: string, userId: string): Promise<PersonRow[]>;
  requests(tenantId: string, userId: string, after: string): Promise<Page>;
  /** Contents, opened, each with what it is for. */
  contents(tenantId: string, userId: string, after: string): Promise<Page>;
  approvals(tenantId: string, userId: string, after: string): Promise<Page>;
  votes(tenantId: string, userId: string, after: string): Promise<Page>;
  modelCalls(tenantId: string, userId: string, after: string): Promise<Page>;
  /** Labels that the person gave items as an administrator. */
  classificationOverrides(tenantId: string, userId: string, after: string): Promise<Page>;
}

export interface Page {
  rows: PersonRow[];
  /** For the next page; `null` on the last. */
  after: string | null;
}

const pageSize = 200;

interface UserDataOptions {
  database: TenantDatabase & DirectoryDatabase;
  content: ContentStore;
  provenPolicies: Pick<PolicyStore, 'unproven'>;
}

export function createUserDataStore({ database, content, provenPolicies }: UserDataOptions): UserDataStore {
  return {
    person: (tenantId, userId) =>
      database.inTenant(tenantId, async (tx) => {
        const row = await tx
          .selectFrom('people')
          .select(['email', 'name', 'role', 'org_unit', 'stated_at', 'seen_at'])
          .select(['confirmed_at', 'withdrawn_at', 'revoked_at', 'not_before'])
          .where('user_id', '=', userId)
          .executeTakeFirst();
        return row ?? null;
      }),
    sessions: (tenantId, userId) =>
      database.inDirectory((tx) =>
        tx
          .selectFrom('sessions')
          .select(['created_at', 'seen_at', 'expires_at', 'ended_at'])
          .where('tenant_id', '=', tenantId)
          .where('user_id', '=', userId)
          .orderBy('created_at')
          .execute(),
      ),
    grants: (tenantId, userId) =>
      database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('grants')
          .select(['kind', 'created_at', 'used_at', 'expires_at'])
          .where('user_id', '=', userId)
          .orderBy('created_at')
          .execute(),
      ),
    modelUsage: (tenantId, userId) =>
      database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('model_usage')
          .select(['day', 'tokens'])
          .where('scope', '=', `user:${userId}`)
          .orderBy('day')
          .execute(),
      ),
    async policies(tenantId, userId) {
      const unproven = new Set(await provenPolicies.unproven(tenantId));
      const rows = await database.inTenant(tenantId, async (tx) => {
        const tried = tx
          .selectFrom('policy_canaries')
          .select(sql<string>`policy_id || '@' || version`.as('place'))
          .where(sql<boolean>`user_ids @> ${JSON.stringify([userId])}::jsonb`);
        return tx
          .selectFrom('policies')
          .select(['id', 'version', 'name', 'domain', 'level', 'user_id', 'status', 'created_at'])
          .select((eb) => [
            eb('created_by', '=', userId).as('wrote'),
            // Reasons only where the person wrote them.
            eb.case().when('created_by', '=', userId).then(eb.ref('change_reason')).end().as('change_reason'),
            eb(sql<string>`id || '@' || version`, 'in', tried).as('tried_on_them'),
          ])
          .where((eb) =>
            eb.or([
              eb('created_by', '=', userId),
              eb('user_id', '=', userId),
              eb(sql<string>`id || '@' || version`, 'in', tried),
            ]),
          )
          .orderBy('created_at')
          .execute();
      });
      return rows.map((row) =>
        unproven.has(policyRef(row.id, row.version)) ? { ...row, unproven: true } : row,
      );
    },
    requests: (tenantId, userId, after) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('requests')
          .select(['id', 'state', 'role', 'org_unit', 'text_ref', 'answer_ref', 'created_at', 'finished_at'])
          .select('content_deleted_at')
          .where('user_id', '=', userId)
          .where('id', '>', after)
          .orderBy('id')
          .limit(pageSize)
          .execute();
        if (rows.length === 0) return { rows: [], after: null };
        const ids = rows.map(({ id }) => id);
        const actions = await tx
          .selectFrom('request_actions')
          .select(['request_id', 'n', 'action', 'target', 'state', 'reason', 'input_ref', 'result_ref'])
          .where('request_id', 'in', ids)
          .orderBy('request_id')
          .orderBy('n')
          .execute();
        const of = Map.groupBy(actions, (action) => action.request_id);
        return pageOf(
          rows.map((row) => ({
            ...row,
            actions: (of.get(row.id) ?? []).map(withoutRequest),
          })),
        );
      }),
    async contents(tenantId, userId, after) {
      const rows = await database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('content')
          .select(['id', 'purpose', 'classification', 'created_at', 'sealed'])
          .where('owner_id', '=', userId)
          .where('id', '>', after)
          .orderBy('id')
          .limit(pageSize)
          .execute(),
      );
      return pageOf(
        rows.map(({ sealed, ...row }) => ({
          ...row,
          value: content.open(tenantId, { id: row.id, purpose: row.purpose, sealed }),
        })),
      );
    },
    approvals: (tenantId, userId, after) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('approvals')
          .select(['id', 'request_id', 'state', 'action', 'target', 'reason', 'created_at', 'decided_at'])
          .where('requester_id', '=', userId)
          .where('id', '>', after)
          .orderBy('id')
          .limit(pageSize)
          .execute();
        return pageOf(rows);
      }),
    votes: (tenantId, userId, after) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('approval_votes')
          .select(['vote_id as id', 'approval_id', 'round', 'choice', 'role', 'org_unit', 'reason_ref', 'at'])
          .where('user_id', '=', userId)
          .where('vote_id', '>', after)
          .orderBy('vote_id')
          .limit(pageSize)
          .execute();
        return pageOf(rows);
      }),
    modelCalls: (tenantId, userId, after) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('model_calls')
          .select(['call_id as id', 'org_unit', 'used', 'at'])
          .where('user_id', '=', userId)
          .where('call_id', '>', after)
          .orderBy('call_id')
          .limit(pageSize)
          .execute();
        return pageOf(rows);
      }),
    classificationOverrides: (tenantId, userId, after) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('classification_overrides')
          .select(['seq', 'item_id', 'org_unit', 'previous', 'classification', 'reason_ref', 'override_at'])
          .where('override_by', '=', userId)
          .where('seq', '>', Number(after))
          .orderBy('seq')
          .limit(pageSize)
          .execute();
        return pageOf(rows.map(({ seq, ...row }) => ({ id: String(seq), ...row })));
      }),
  };
}

function withoutRequest<Action extends { request_id: string }>(action: Action): Omit<Action, 'request_id'> {
  const { request_id: _request, ...rest } = action;
  return rest;
}

function pageOf(rows: (PersonRow & { id: string })[]): Page {
  return { rows, after: rows.length < pageSize ? null : (rows.at(-1)?.id ?? null) };
}
