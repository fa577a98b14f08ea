import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { CodedError } from '#domain/error.ts';
import { isId } from '#domain/ids.ts';
import { createEnvelope, type Envelope, keyIdOf } from '#platform/crypto/envelope.ts';
import { newId } from '#platform/new-id.ts';
import type { DirectoryDatabase } from '../database.ts';
import { unwrapEither, wrapKey } from './wrap-key.ts';

export interface DataKeyStore {
  /**
   * Seals under the newest key of the tenant that the place begins with (`<tenant>|<record>|<purpose>`), and opens
   * under any of its keys; older rows under a master key. Throws `CONTENT_UNREADABLE` where the keys were destroyed, or
   * `ready` was not awaited within the last minute.
   */
  envelope: Envelope;
  /** Loads the tenant's keys unless they were loaded in the last 20 s; a tenant without a key gets its first, from a process that may give it. */
  ready(tenantId: string): Promise<void>;
  /**
   * The tenant's envelope for workflow payloads. While the database is away, loaded keys are used for another quarter
   * of an hour: a history that can't be opened would stop its workflow. Throws `CONTENT_UNREADABLE`,
   * `DATABASE_UNAVAILABLE`.
   */
  forPayloads(tenantId: string): Promise<Envelope>;
  /** The tenant whose key it is; `undefined` when it is not the key of a tenant. */
  tenantOfKey(id: string): Promise<string | undefined>;
  /** Can't be undone: nothing that the tenant's keys sealed opens again. Other processes follow within a minute. */
  destroyKeysOf(tenantId: string): Promise<void>;
}

interface DataKeyOptions {
  database: DirectoryDatabase;
  /** Of the master keys. */
  envelope: Envelope;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs?: () => number;
}

interface TenantKeys {
  loadedAt: number;
  /** `null`: the keys were destroyed, or there is no master key for them. */
  envelope: Envelope | null;
}

const keyBytes = 32;
const reloadMs = 20_000;
const oldestMs = 60_000;
const oldestForPayloadsMs = 900_000;
const mostTenants = 10_000;

export function createDataKeyStore(options: DataKeyOptions): DataKeyStore {
  const { database, envelope: master, monotonicMs = () => performance.now() } = options;
  const cached = new LRUCache<string, TenantKeys>({ max: mostTenants });
  const owners = new LRUCache<string, string>({ max: mostTenants });
  const loading = new Map<string, Promise<void>>();

  async function load(tenantId: string): Promise<void> {
    const loadedAt = monotonicMs();
    const rows = await database.inDirectory(async (tx) => {
      const known = tx
        .selectFrom('data_keys')
        .select(['id', 'sealed', 'sealed_before'])
        .where('tenant_id', '=', tenantId)
        .orderBy('created_at')
        .orderBy('id');
      const found = await known.execute();
      if (found.length > 0) return found;
      const id = newId('dataKey');
      const { sealed, wrapped_by } = wrapKey(master, { tenantId, id }, randomBytes(keyBytes));
      // Two processes may look at the same time: only one makes the key, and both then find it. Who may not waits for
      // the process that may.
      await sql`SELECT openclaw.add_data_key(${id}, ${tenantId}, ${sealed}, ${wrapped_by})
        WHERE has_function_privilege('openclaw.add_data_key(text, text, bytea, text)', 'EXECUTE')`.execute(
        tx,
      );
      return known.execute();
    });
    const keys = new Map<string, KeyObject>();
    for (const row of rows) {
      const { id } = row;
      owners.set(id, tenantId);
      // Without its master key a data key opens nothing; that need not keep the tenant from everything else.
      const key = unwrapEither(master, { tenantId, id }, row);
      if (key !== undefined) keys.set(id, createSecretKey(key));
    }
    const isDestroyed = rows.some(({ sealed }) => sealed === null);
    // A tenant that does not exist yet may exist a moment later.
    if (rows.length === 0) cached.delete(tenantId);
    else cached.set(tenantId, { loadedAt, envelope: isDestroyed ? null : tenantEnvelope(keys, master) });
  }

  const keysOf = (place: string): Envelope => {
    const known = cached.get(place.split('|', 1)[0] ?? '');
    if (known === undefined || known.envelope === null || monotonicMs() - known.loadedAt > oldestMs)
      throw new CodedError('CONTENT_UNREADABLE');
    return known.envelope;
  };

  async function ready(tenantId: string): Promise<void> {
    const known = cached.get(tenantId);
    if (known !== undefined && monotonicMs() - known.loadedAt < reloadMs) return;
    const under = loading.get(tenantId) ?? load(tenantId).finally(() => loading.delete(tenantId));
    loading.set(tenantId, under);
    await under;
  }

  return {
    envelope: {
      seal: (plain, place) => keysOf(place).seal(plain, place),
      open: (sealed, place) => keysOf(place).open(sealed, place),
    },
    ready,
    async forPayloads(tenantId) {
      const before = cached.get(tenantId);
      const failure = await ready(tenantId).then(
        () => undefined,
        (error: unknown) => error,
      );
      const known = cached.get(tenantId);
      if (failure !== undefined) {
        if (before?.envelope && monotonicMs() - before.loadedAt < oldestForPayloadsMs) return before.envelope;
        throw failure;
      }
      if (!known?.envelope) throw new CodedError('CONTENT_UNREADABLE');
      return known.envelope;
    },
    async tenantOfKey(id) {
      const known = owners.get(id);
      if (known !== undefined || !isId('dataKey', id)) return known;
      const row = await database.inDirectory((tx) =>
        tx.selectFrom('data_keys').select('tenant_id').where('id', '=', id).executeTakeFirst(),
      );
      if (row !== undefined) owners.set(id, row.tenant_id);
      return row?.tenant_id;
    },
    async destroyKeysOf(tenantId) {
      await database.inDirectory((tx) => sql`SELECT openclaw.destroy_data_keys(${tenantId})`.execute(tx));
      cached.set(tenantId, { loadedAt: monotonicMs(), envelope: null });
    },
  };
}

/** Rows from before there were data keys have the id of a master key. */
function tenantEnvelope(keys: ReadonlyMap<string, KeyObject>, master: Envelope): Envelope | null {
  const [id, key] = [...keys].at(-1) ?? [];
  if (id === undefined || key === undefined) return null;
  const own = createEnvelope({ active: { id, key }, find: (other) => keys.get(other) });
  return {
    seal: own.seal,
    open: (sealed, place) => (isOwn(sealed, keys) ? own : master).open(sealed, place),
  };
}

function isOwn(sealed: Uint8Array, keys: ReadonlyMap<string, KeyObject>): boolean {
  try {
    return keys.has(keyIdOf(sealed));
  } catch {
    return true;
  }
}
