import { type Selectable, sql } from 'kysely';
import type { ActionFacts } from '#domain/action/action.ts';
import type { Classification } from '#domain/classification/classification.ts';
import type { Role } from '#domain/person/role.ts';
import type { Additional } from '#domain/policy/applicable.ts';
import type { Database } from '#platform/database/pool.ts';
import { idAtTime, newId } from '#platform/new-id.ts';
import type { TenantDatabase } from '../database.ts';
import type { PolicyPreviewsTable } from './tables.ts';
import { isProof, type PolicySigning, type Proof, proofOf, signed, signerOf } from './version-proof.ts';

/** Which recorded decisions are asked again: fixed, whatever is decided meanwhile. */
export interface ReplayWindow {
  /** ISO 8601. */
  from: string;
  to: string;
  /** Decisions after this id. */
  afterDecision: string;
  /** The newest decision in it; `null` when there is none. */
  lastDecision: string | null;
}

/** Recorded decisions with identical questions. */
export interface AlikeDecisions {
  input: {
    /** The person by subject; in decisions from before there were subjects, by user id. */
    actor: { subject?: string; userId?: string; role: Role; orgUnit: string };
    action: ActionFacts;
    classification: Classification;
    additional?: Additional;
  };
  /** Did the text come from outside, so that a person had to approve it whatever policy said? */
  fromOutside: boolean;
  count: number;
  /** Digest of the question: the same on every page. */
  key: string;
  /** The newest five. */
  examples: readonly { decisionId: string; at: string }[];
}

export interface DecisionPage {
  /** How many decisions are on the page. */
  count: number;
  groups: readonly AlikeDecisions[];
}

export interface ImpactStore {
  /** The decisions from `from` to now. */
  window(tenantId: string, from: Date, to: Date): Promise<ReplayWindow>;
  /** All decisions, page by page; identical ones are grouped only within a page. */
  pages(tenantId: string, window: ReplayWindow): AsyncGenerator<DecisionPage>;
  /** Stores for a day which decisions a digest was made from; returns the id of the preview. */
  keep(tenantId: string, preview: { digest: string; window: ReplayWindow }): Promise<string>;
  /** The newest window that gave this digest within the last day. */
  windowOf(tenantId: string, digest: string): Promise<ReplayWindow | undefined>;
}

interface ImpactStoreOptions {
  database: TenantDatabase;
  /** The audit database. */
  pool: Database;
  /** What previews are signed with: one that nobody signed confirms nothing. */
  signing?: PolicySigning | undefined;
  /** Decisions per round trip; default 20 000. */
  pageSize?: number;
}

interface RawPage {
  count: number;
  last: string | null;
  groups: readonly (Pick<AlikeDecisions, 'input' | 'fromOutside' | 'count' | 'key'> & {
    decisionIds: readonly string[];
    times: readonly string[];
  })[];
}

const kept = sql<string>`now() - interval '1 day'`;

export function createImpactStore({
  database,
  pool,
  signing,
  pageSize = 20_000,
}: ImpactStoreOptions): ImpactStore {
  return {
    async window(tenantId, from, to) {
      const [row] = await pool.query<{ newest: string | null }>(
        'SELECT ledger.newest_decision($1) AS newest',
        [tenantId],
      );
      const afterDecision = idAtTime('decision', from);
      const newest = row?.newest ?? null;
      const lastDecision = newest !== null && newest > afterDecision ? newest : null;
      return { from: from.toISOString(), to: to.toISOString(), afterDecision, lastDecision };
    },
    async *pages(tenantId, { afterDecision, lastDecision }) {
      if (lastDecision === null) return;
      let after = afterDecision;
      for (;;) {
        const [row] = await pool.query<{ page: RawPage }>(
          'SELECT ledger.decisions_alike($1, $2, $3, $4) AS page',
          [tenantId, after, lastDecision, pageSize],
        );
        if (row === undefined || row.page.last === null) return;
        yield { count: row.page.count, groups: row.page.groups.map(alike) };
        if (row.page.count < pageSize) return;
        after = row.page.last;
      }
    },
    keep: (tenantId, { digest, window }) =>
      database.inTenant(tenantId, async (tx) => {
        const previewId = newId('preview');
        const { keyId, signature } = signed(
          signerOf(signing),
          previewStatement(tenantId, { previewId, digest, window }),
        );
        await tx.deleteFrom('policy_previews').where('created_at', '<', kept).execute();
        await tx
          .insertInto('policy_previews')
          .values({
            preview_id: previewId,
            digest,
            from_at: window.from,
            to_at: window.to,
            after_decision: window.afterDecision,
            last_decision: window.lastDecision,
            key_id: keyId,
            signature,
          })
          .execute();
        return previewId;
      }),
    windowOf: (tenantId, digest) =>
      database.inTenant(tenantId, async (tx) => {
        const rows = await tx
          .selectFrom('policy_previews')
          .selectAll()
          .where('digest', '=', digest)
          .where('to_at', '>=', kept)
          .orderBy('preview_id', 'desc')
          .execute();
        return rows.map(toPreview).find(({ window, previewId, proof }) => {
          const claims = previewStatement(tenantId, { previewId, digest, window });
          return isProof(signing, claims, proof);
        })?.window;
      }),
  };
}

interface Preview {
  previewId: string;
  digest: string;
  window: ReplayWindow;
}

function toPreview(row: Selectable<PolicyPreviewsTable>): Preview & { proof: Proof | null } {
  const { preview_id: previewId, digest, from_at: from, to_at: to } = row;
  const { after_decision: afterDecision, last_decision: lastDecision } = row;
  return { previewId, digest, window: { from, to, afterDecision, lastDecision }, proof: proofOf(row) };
}

function previewStatement(tenantId: string, { previewId, digest, window }: Preview): object {
  const { from, to, afterDecision, lastDecision } = window;
  return { kind: 'policy-preview', tenantId, previewId, digest, from, to, afterDecision, lastDecision };
}

function alike({ decisionIds, times, ...group }: RawPage['groups'][number]): AlikeDecisions {
  const examples = decisionIds.map((decisionId, index) => ({
    decisionId,
    at: new Date(times[index] ?? 0).toISOString(),
  }));
  return { ...group, examples };
}
