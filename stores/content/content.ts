import { type Insertable, sql } from 'kysely';
import type { Classification } from '#domain/classification/classification.ts';
import type { Labelled } from '#domain/classification/derive-classification.ts';
import { CodedError } from '#domain/error.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { newId } from '#platform/new-id.ts';
import type { TenantDatabase, TenantTx } from '../database.ts';
import type { ContentTable } from './tables.ts';

/** What a content row is for; its bytes are bound to this. */
export type ContentPurpose =
  | 'request_text'
  | 'request_answer'
  | 'action_input'
  | 'action_result'
  | 'approval_preview'
  | 'decision_reason';

export interface NewContent {
  tenantId: string;
  purpose: ContentPurpose;
  /** The person to whom it belongs (`sub`). */
  ownerId: string;
  classification: Classification;
  /** Any JSON value. */
  value: unknown;
}

/** A row ready to be inserted with others in one statement. */
export type SealedContent = Omit<Insertable<ContentTable>, 'created_at'>;

export interface ContentStore {
  /** The row for a value, under a new id; the caller inserts it. */
  seal(content: NewContent): SealedContent;
  /**
   * The value of a row, `(erased)` if it was erased; throws `CONTENT_UNREADABLE` when the bytes were sealed for another
   * place.
   */
  open(tenantId: string, row: Pick<SealedContent, 'id' | 'purpose' | 'sealed'>): unknown;
  /** Seals the value into a new row of the running transaction; returns its id `cnt_…`. */
  put(tx: TenantTx, content: NewContent): Promise<string>;
  /** The same in a transaction of its own. */
  save(content: NewContent): Promise<string>;
  /** The value; throws `NOT_FOUND`, or `CONTENT_UNREADABLE` when the bytes were sealed for another place. */
  get(tenantId: string, ref: string): Promise<unknown>;
  /** Several by id in one transaction; throws as `get` does if any of them would. */
  getAll(tenantId: string, refs: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
  /** The same, each with its label. */
  getAllLabelled(tenantId: string, refs: readonly string[]): Promise<ReadonlyMap<string, Labelled<unknown>>>;
}

export function createContentStore(options: { database: TenantDatabase; envelope: Envelope }): ContentStore {
  const { database, envelope } = options;
  const store: ContentStore = {
    seal(content) {
      const id = newId('content');
      const plain = Buffer.from(JSON.stringify(content.value));
      return {
        id,
        purpose: content.purpose,
        owner_id: content.ownerId,
        classification: content.classification,
        sealed: envelope.seal(plain, placeOf(content.tenantId, id, content.purpose)),
      };
    },
    open(tenantId, row) {
      if (isErased(row.sealed)) return erasedText;
      const plain = envelope.open(row.sealed, placeOf(tenantId, row.id, row.purpose));
      const value: unknown = JSON.parse(Buffer.from(plain).toString());
      return value;
    },
    async put(tx, content) {
      const row = store.seal(content);
      await tx.insertInto('content').values(row).execute();
      return row.id;
    },
    save: (content) => database.inTenant(content.tenantId, (tx) => store.put(tx, content)),
    get: async (tenantId, ref) => (await store.getAll(tenantId, [ref])).get(ref),
    async getAll(tenantId, refs) {
      const labelled = await store.getAllLabelled(tenantId, refs);
      return new Map([...labelled].map(([ref, { value }]) => [ref, value]));
    },
    async getAllLabelled(tenantId, refs) {
      const wanted = [...new Set(refs)];
      if (wanted.length === 0) return new Map();
      const rows = await database.inTenant(tenantId, (tx) =>
        tx
          .selectFrom('content')
          .select(['id', 'purpose', 'sealed', 'classification'])
          .where('id', '=', sql<string>`ANY(${wanted}::text[])`)
          .execute(),
      );
      if (rows.length < wanted.length) throw new CodedError('NOT_FOUND');
      return new Map(
        rows.map((row) => {
          const { id, classification } = row;
          return [id, { value: store.open(tenantId, row), classification }];
        }),
      );
    },
  };
  return store;
}

/** Appears in place of a value that was erased. */
export const erasedText = '(erased)';

/** The mark that the database leaves (migrations/tenant/0005_subjects.sql); no sealed value begins like this. */
function isErased(sealed: Uint8Array): boolean {
  return sealed.length === 1 && sealed[0] === 0;
}

// Additional data of the sealed bytes: moved to another tenant, row or purpose, they don't open.
function placeOf(tenantId: string, id: string, purpose: string): string {
  return `${tenantId}|${id}|${purpose}`;
}
