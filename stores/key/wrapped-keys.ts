import { createSecretKey, type KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { type Envelope, keyIdOf } from '#platform/crypto/envelope.ts';
import type { DirectoryDatabase } from '../database.ts';
import { unwrapKey, wrapKey } from './wrap-key.ts';

/** Which master keys wrap how many keys. */
export interface WrappedKeys {
  /** Id of the master key that wraps new keys. */
  activeMasterKey: string;
  /** Existing keys by the master key that wraps them. */
  byMasterKey: readonly { masterKey: string; keys: number }[];
  /** Ids of former master keys that are stored here, wrapped, so that the file no longer needs them. */
  keptMasterKeys: readonly string[];
  /** Number of keys that were destroyed. */
  destroyed: number;
}

/** The rows of all wrapped keys: what has to be gone through for a new master key. */
export interface WrappedKeyStore {
  state(): Promise<WrappedKeys>;
  /**
   * Wraps the next keys after this one (by id) under the active master key. `next` is `null` after the last;
   * `unreadable` counts those whose master key is missing.
   */
  rewrap(after: string): Promise<{ rewrapped: number; unreadable: number; next: string | null }>;
  /** Stores former master keys, wrapped by the active one, so that what they sealed directly can still be opened. */
  keepMasterKeys(keys: ReadonlyMap<string, KeyObject>): Promise<void>;
  /** The stored ones, opened; one whose own master key is missing is left out. */
  masterKeys(): Promise<ReadonlyMap<string, KeyObject>>;
}

interface WrappedKeyOptions {
  database: DirectoryDatabase;
  /** Of the master keys. */
  envelope: Envelope;
}

const batch = 200;

export function createWrappedKeyStore({ database, envelope: master }: WrappedKeyOptions): WrappedKeyStore {
  const activeMasterKey = () => keyIdOf(master.seal(new Uint8Array(), ''));
  return {
    async state() {
      const { living, kept, destroyed } = await database.inDirectory(async (tx) => ({
        living: await tx
          .selectFrom('data_keys')
          .select(({ fn }) => ['wrapped_by', fn.countAll<number>().as('keys')])
          .where('wrapped_by', 'is not', null)
          .groupBy('wrapped_by')
          .orderBy('wrapped_by')
          .execute(),
        kept: await tx
          .selectFrom('data_keys')
          .select('id')
          .where('tenant_id', '=', installationTenant)
          .orderBy('id')
          .execute(),
        destroyed: await tx
          .selectFrom('data_keys')
          .select(({ fn }) => fn.countAll<number>().as('keys'))
          .where('destroyed_at', 'is not', null)
          .executeTakeFirstOrThrow(),
      }));
      return {
        activeMasterKey: activeMasterKey(),
        byMasterKey: living.flatMap(({ wrapped_by: masterKey, keys }) =>
          masterKey === null ? [] : [{ masterKey, keys }],
        ),
        keptMasterKeys: kept.map(({ id }) => id),
        destroyed: destroyed.keys,
      };
    },
    async rewrap(after) {
      return database.inDirectory(async (tx) => {
        const rows = await tx
          .selectFrom('data_keys')
          .select(['id', 'tenant_id', 'sealed'])
          .where('wrapped_by', '<>', activeMasterKey())
          .where('id', '>', after)
          .orderBy('id')
          .limit(batch)
          .forUpdate()
          .execute();
        let unreadable = 0;
        for (const { id, tenant_id: tenantId, sealed } of rows) {
          const place = { tenantId, id };
          const key = unwrapKey(master, place, sealed);
          if (key === undefined) {
            unreadable += 1;
            continue;
          }
          await tx
            .updateTable('data_keys')
            .set({ ...wrapKey(master, place, key), wrapped_at: sql<string>`now()` })
            .where('id', '=', id)
            .execute();
        }
        const next = rows.length < batch ? null : (rows.at(-1)?.id ?? null);
        return { rewrapped: rows.length - unreadable, unreadable, next };
      });
    },
    async keepMasterKeys(keys) {
      const rows = [...keys].map(([id, key]) => ({
        id,
        tenant_id: installationTenant,
        ...wrapKey(master, { tenantId: installationTenant, id }, key.export()),
      }));
      if (rows.length === 0) return;
      await database.inDirectory((tx) =>
        tx
          .insertInto('data_keys')
          .values(rows)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute(),
      );
    },
    async masterKeys() {
      const rows = await database.inDirectory((tx) =>
        tx
          .selectFrom('data_keys')
          .select(['id', 'sealed'])
          .where('tenant_id', '=', installationTenant)
          .execute(),
      );
      return new Map(
        rows.flatMap(({ id, sealed }) => {
          const key = unwrapKey(master, { tenantId: installationTenant, id }, sealed);
          return key === undefined ? [] : [[id, createSecretKey(key)] as const];
        }),
      );
    },
  };
}
