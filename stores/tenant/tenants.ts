import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { isOpen, type TenantStatus } from '#domain/tenant/tenant.ts';
import { codeOf } from '#platform/database/failure.ts';
import type { DirectoryDatabase, TenantDatabase } from '../database.ts';

export interface Tenant {
  id: string;
  name: string;
  domains: readonly string[];
  /** The only issuer whose tokens may name it; `null` = the installation's. */
  oidcIssuer: string | null;
  status: TenantStatus;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601: when a deletion that was asked for is due. */
  deleteAt: string | null;
  /** ISO 8601: since when it is being destroyed; from then on the deletion can't be called off. */
  destroyingSince: string | null;
  /** The status that it gets back when the deletion is called off. */
  restoredAs: TenantStatus | null;
}

export type TenantFacts = Pick<Tenant, 'id' | 'name' | 'domains' | 'oidcIssuer'>;

/** A step from one status to another; a deletion is due after `waitMs`, or later where the installation says so. */
export type TenantStep =
  | { from: readonly TenantStatus[]; to: 'active' | 'suspended' | 'deleted' }
  | { from: readonly TenantStatus[]; to: 'deleting'; waitMs: number };

export interface TenantStore {
  /**
   * A tenant whose people may look at their data; `undefined` for any other. Answers from a copy that is at most 5 s
   * old.
   */
  find(id: string): Promise<Tenant | undefined>;
  /** Those that `find` finds, by id, from the same copy. */
  list(): Promise<readonly Tenant[]>;
  /** Read from the database now, whatever its status. */
  read(id: string): Promise<Tenant | undefined>;
  /** Every tenant there is or was, by id, read from the database now. */
  readAll(): Promise<readonly Tenant[]>;
  /** Adds a row in `provisioning`; `false` when the id is taken, even by a deleted tenant. */
  add(facts: TenantFacts): Promise<boolean>;
  /** Throws `tenant_not_found`. */
  change(id: string, change: Partial<Omit<TenantFacts, 'id'>>): Promise<Tenant>;
  /** Takes the step if the tenant is in one of `from`; `false` when it isn't, or its destruction has begun. */
  step(id: string, step: TenantStep): Promise<boolean>;
  /** Numbers of active policies and people seen; zeros while there is no schema. */
  counts(id: string): Promise<{ policies: number; people: number }>;
  /** How many milliseconds of that time it was suspended. */
  stoodStillMs(id: string, time: { since: string; until: string }): Promise<number>;
  /** Milliseconds until its deletion is due, by the database's clock; `undefined` when none was asked for. */
  deletionWaitMs(id: string): Promise<number | undefined>;
  /**
   * Begins the destruction, after which the deletion can't be called off; `false`, with nothing done, when it is not
   * due or was called off.
   */
  beginDestroying(id: string): Promise<boolean>;
  /** Tenants that work and have no key, such as those from before there were any. */
  withoutKeys(): Promise<readonly string[]>;
  /** How long deletions that are asked for from now on wait at least, in milliseconds. */
  setDeletionWait(ms: number): Promise<void>;
}

const names = z.array(z.string());

export function createTenantStore(options: {
  database: DirectoryDatabase & TenantDatabase;
  /** Age in milliseconds up to which the copy is used; default 5000. */
  maxAgeMs?: number;
}): TenantStore {
  const { database, maxAgeMs = 5_000 } = options;
  let copy: { tenants: ReadonlyMap<string, Tenant>; readAt: number } | undefined;

  async function readAll(): Promise<readonly Tenant[]> {
    const rows = await database.inDirectory((tx) =>
      tx.selectFrom('tenants').selectAll().orderBy('id').execute(),
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      domains: names.parse(row.domains),
      oidcIssuer: row.oidc_issuer,
      status: row.status,
      createdAt: row.created_at,
      deleteAt: row.delete_at,
      destroyingSince: row.destroying_since,
      restoredAs: row.restored_as,
    }));
  }

  async function open(): Promise<ReadonlyMap<string, Tenant>> {
    const atMs = performance.now();
    if (copy !== undefined && atMs - copy.readAt < maxAgeMs) return copy.tenants;
    const all = await readAll();
    copy = {
      tenants: new Map(all.filter((one) => isOpen(one.status)).map((one) => [one.id, one])),
      readAt: atMs,
    };
    return copy.tenants;
  }

  /** Whether a function of the database did what it was asked for. */
  async function isDone(call: RawBuilder<unknown>): Promise<boolean> {
    const { rows } = await database.inDirectory((tx) =>
      sql<{ done: boolean }>`SELECT ${call} AS done`.execute(tx),
    );
    return rows[0]?.done === true;
  }

  async function read(id: string): Promise<Tenant | undefined> {
    return (await readAll()).find((one) => one.id === id);
  }

  return {
    find: async (id) => (await open()).get(id),
    list: async () => [...(await open()).values()],
    read,
    readAll,
    async add({ id, name, domains, oidcIssuer }) {
      const facts = [sql`${id}`, sql`${name}`, sql`${JSON.stringify(domains)}::jsonb`, sql`${oidcIssuer}`];
      return isDone(sql`openclaw.add_tenant(${sql.join(facts)})`);
    },
    async change(id, { name, domains, oidcIssuer }) {
      await database.inDirectory((tx) =>
        tx
          .updateTable('tenants')
          .set({
            // An UPDATE has to set something, even when nothing is named.
            ...(name === undefined ? { name: sql<string>`name` } : { name }),
            ...(domains === undefined ? {} : { domains: sql<never>`${JSON.stringify(domains)}::jsonb` }),
            ...(oidcIssuer === undefined ? {} : { oidc_issuer: oidcIssuer }),
          })
          .where('id', '=', id)
          .execute(),
      );
      copy = undefined;
      const changed = await read(id);
      if (changed === undefined) throw new CodedError('tenant_not_found');
      return changed;
    },
    async step(id, step) {
      const taken = await isDone(stepOf(id, step));
      copy = undefined;
      return taken;
    },
    async counts(id) {
      try {
        return await database.inTenant(id, async (tx) => {
          const { rows } = await sql<{ policies: number; people: number }>`
            SELECT (SELECT count(*) FROM policies WHERE status = 'active') AS policies,
              (SELECT count(*) FROM people) AS people`.execute(tx);
          return rows[0] ?? { policies: 0, people: 0 };
        });
      } catch (error) {
        const gone = error instanceof CodedError && error.code === 'TENANT_UNKNOWN';
        if (gone || codeOf(error) === '42P01') return { policies: 0, people: 0 };
        throw error;
      }
    },
    async stoodStillMs(id, { since, until }) {
      const { rows } = await database.inDirectory((tx) =>
        sql<{ ms: number }>`
          SELECT coalesce(sum(extract(epoch FROM
            least(coalesce(resumed_at, now()), ${until}) - greatest(suspended_at, ${since}))), 0)
            ::double precision * 1000 AS ms
          FROM tenant_suspensions
          WHERE tenant_id = ${id} AND suspended_at < ${until} AND coalesce(resumed_at, now()) > ${since}`.execute(
          tx,
        ),
      );
      return rows[0]?.ms ?? 0;
    },
    async deletionWaitMs(id) {
      const { rows } = await database.inDirectory((tx) =>
        sql<{ ms: number }>`
          SELECT ceil(extract(epoch FROM delete_at - clock_timestamp()) * 1000)::double precision AS ms
          FROM tenants WHERE id = ${id} AND status = 'deleting'`.execute(tx),
      );
      return rows[0]?.ms;
    },
    beginDestroying: (id) => isDone(sql`openclaw.begin_destroying(${id})`),
    async withoutKeys() {
      const { rows } = await database.inDirectory((tx) =>
        sql<{ id: string }>`SELECT id FROM openclaw.tenants t WHERE status IN ('active', 'suspended')
          AND NOT EXISTS (SELECT FROM openclaw.data_keys k WHERE k.tenant_id = t.id)`.execute(tx),
      );
      return rows.map(({ id }) => id);
    },
    async setDeletionWait(ms) {
      await database.inDirectory((tx) => sql`SELECT openclaw.set_deletion_wait(${ms})`.execute(tx));
    },
  };
}

/** Each step is a function of the database, which lets nobody take it who need not. */
function stepOf(id: string, step: TenantStep): RawBuilder<unknown> {
  const from = sql`${[...step.from]}::text[]`;
  if (step.to === 'deleting')
    return sql`openclaw.ask_tenant_deletion(${id}, ${from}, ${Math.ceil(step.waitMs)})`;
  if (step.to === 'deleted') return sql`openclaw.close_tenant(${id})`;
  if (step.to === 'active' && step.from.includes('provisioning')) return sql`openclaw.open_tenant(${id})`;
  return sql`openclaw.move_tenant(${id}, ${from}, ${step.to})`;
}
