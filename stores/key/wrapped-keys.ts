import { createSecretKey, type KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { type Envelope, keyIdOf } from '#platform/crypto/envelope.ts';
import type { DirectoryDatabase, DirectoryTx } from '../database.ts';
import { unwrapEither, unwrapKey, wrapKey } from './wrap-key.ts';

/** Which master keys wrap how many keys. */
export interface WrappedKeys {
  /** Id of the master key that wraps new keys. */
  activeMasterKey: string;
  /** Existing keys by the master key that wraps them. */
  byMasterKey: readonly { masterKey: string; keys: number }[];
  /** Ids of master keys that still open the former form of a key, whose new form nobody has opened yet. */
  neededMasterKeys: readonly string[];
  /** Ids of former master keys that are stored here, wrapped, so that the file no longer needs them. */
  keptMasterKeys: readonly string[];
  /** Number of keys that were destroyed. */
  destroyed: number;
}

/** A key that does not open as it lies there. */
export interface UnreadableKey {
  tenantId: string;
  id: string;
  /** Its former form lies beside it and opens: nothing is lost yet. */
  isSpared: boolean;
}

/** The rows of all wrapped keys: what has to be gone through for a new master key. */
export interface WrappedKeyStore {
  state(): Promise<WrappedKeys>;
  /**
   * Wraps the next keys after this one (by id) under the active master key. Each keeps its former form until the new one
   * was read and opened; one that does not open gets its former form back. `next` is `null` after the last;
   * `unreadable` counts those whose master key is missing.
   */
  rewrap(after: string): Promise<{ rewrapped: number; unreadable: number; next: string | null }>;
  /** Stores former master keys, wrapped by the active one, so that what they sealed directly can still be opened. */
  keepMasterKeys(keys: ReadonlyMap<string, KeyObject>): Promise<void>;
  /** The stored ones, opened; one whose own master key is missing is left out. */
  masterKeys(): Promise<ReadonlyMap<string, KeyObject>>;
  /** Every key that should open and does not: by the master keys that this process has. */
  unreadable(): Promise<readonly UnreadableKey[]>;
}

interface WrappedKeyOptions {
  database: DirectoryDatabase;
  /** Of the master keys. */
  envelope: Envelope;
}

const batch = 200;
const forms = ['id', 'tenant_id', 'wrapped_by', 'sealed', 'sealed_before'] as const;

export function createWrappedKeyStore({ database, envelope: master }: WrappedKeyOptions): WrappedKeyStore {
  const activeMasterKey = () => keyIdOf(master.seal(new Uint8Array(), ''));
  return {
    async state() {
      const { living, needed, kept, destroyed } = await database.inDirectory(async (tx) => ({
        living: await tx
          .selectFrom('data_keys')
          .select(({ fn }) => ['wrapped_by', fn.countAll<number>().as('keys')])
          .where('wrapped_by', 'is not', null)
          .groupBy('wrapped_by')
          .orderBy('wrapped_by')
          .execute(),
        needed: await tx
          .selectFrom('data_keys')
          .select('wrapped_by_before')
          .distinct()
          .where('wrapped_by_before', 'is not', null)
          .orderBy('wrapped_by_before')
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
        neededMasterKeys: needed.flatMap(({ wrapped_by_before: id }) => (id === null ? [] : [id])),
        keptMasterKeys: kept.map(({ id }) => id),
        destroyed: destroyed.keys,
      };
    },
    async rewrap(after) {
      const active = activeMasterKey();
      const due = await database.inDirectory((tx) =>
        tx
          .selectFrom('data_keys')
          .select('id')
          .where((eb) => eb.or([eb('wrapped_by', '<>', active), eb('wrapped_by_before', 'is not', null)]))
          .where('id', '>', after)
          .orderBy('id')
          .limit(batch)
          .execute(),
      );
      const ids = due.map(({ id }) => id);
      // What an earlier run left half done comes to its end first.
      await confirm(ids);
      await database.inDirectory(async (tx) => {
        for (const { id, tenant_id: tenantId, sealed, sealed_before: before } of await read(tx, ids)) {
          const key = unwrapKey(master, { tenantId, id }, sealed);
          if (key === undefined || before !== null) continue;
          const next = wrapKey(master, { tenantId, id }, key);
          await sql`SELECT openclaw.rewrap_data_key(${id}, ${sealed}, ${next.sealed}, ${next.wrapped_by})`.execute(
            tx,
          );
        }
      });
      // Read again: what counts is what lies there.
      await confirm(ids);
      const left = await database.inDirectory((tx) => read(tx, ids));
      const unreadable = left.filter(
        (row) => row.sealed !== null && (row.wrapped_by !== active || row.sealed_before !== null),
      ).length;
      return {
        rewrapped: ids.length - unreadable,
        unreadable,
        next: ids.length < batch ? null : (ids.at(-1) ?? null),
      };
    },
    async keepMasterKeys(keys) {
      await database.inDirectory(async (tx) => {
        for (const [id, key] of keys) {
          const kept = wrapKey(master, { tenantId: installationTenant, id }, key.export());
          await sql`SELECT openclaw.keep_master_key(${id}, ${kept.sealed}, ${kept.wrapped_by})`.execute(tx);
        }
      });
    },
    async masterKeys() {
      const rows = await database.inDirectory((tx) =>
        tx
          .selectFrom('data_keys')
          .select(['id', 'sealed', 'sealed_before'])
          .where('tenant_id', '=', installationTenant)
          .execute(),
      );
      return new Map(
        rows.flatMap((row) => {
          const { id } = row;
          const key = unwrapEither(master, { tenantId: installationTenant, id }, row);
          return key === undefined ? [] : [[id, createSecretKey(key)] as const];
        }),
      );
    },
    async unreadable() {
      const rows = await database.inDirectory((tx) =>
        tx
          .selectFrom('data_keys')
          .select(forms)
          .where('sealed', 'is not', null)
          .orderBy('tenant_id')
          .orderBy('id')
          .execute(),
      );
      return rows.flatMap(({ id, tenant_id: tenantId, sealed, sealed_before: before }) => {
        const place = { tenantId, id };
        if (unwrapKey(master, place, sealed) !== undefined) return [];
        return [{ tenantId, id, isSpared: unwrapKey(master, place, before) !== undefined }];
      });
    },
  };

  function read(tx: DirectoryTx, ids: readonly string[]) {
    return tx
      .selectFrom('data_keys')
      .select(forms)
      .where('id', 'in', [...ids, ''])
      .orderBy('id')
      .execute();
  }

  /** Of keys with two forms, lets the former one go where the new one opens to the same, and else goes back to it. */
  async function confirm(ids: readonly string[]): Promise<void> {
    await database.inDirectory(async (tx) => {
      for (const { id, tenant_id: tenantId, sealed, sealed_before } of await read(tx, ids)) {
        if (sealed_before === null) continue;
        const [now, before] = [sealed, sealed_before].map((form) =>
          unwrapKey(master, { tenantId, id }, form),
        );
        if (now !== undefined && (before === undefined || Buffer.compare(now, before) === 0))
          await sql`SELECT openclaw.confirm_data_key(${id}, ${sealed})`.execute(tx);
        else if (before !== undefined) await sql`SELECT openclaw.restore_data_key(${id})`.execute(tx);
      }
    });
  }
}
