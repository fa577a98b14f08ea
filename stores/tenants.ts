import type { DirectoryDatabase } from './database.ts';

export interface Tenant {
  id: string;
  name: string;
  /** ISO 8601. */
  createdAt: string;
}

export interface TenantStore {
  /** `undefined` for an unknown tenant. Answers from a copy of at most 30 s. */
  find(id: string): Promise<Tenant | undefined>;
  list(): Promise<readonly Tenant[]>;
}

export function createTenantStore(options: {
  database: DirectoryDatabase;
  /** Age in milliseconds up to which the copy is used; default 30 000. */
  maxAgeMs?: number;
}): TenantStore {
  const { database, maxAgeMs = 30_000 } = options;
  let copy: { tenants: ReadonlyMap<string, Tenant>; readAt: number } | undefined;

  async function read(): Promise<ReadonlyMap<string, Tenant>> {
    const readAt = performance.now();
    const rows = await database.inDirectory((tx) =>
      tx.selectFrom('tenants').select(['id', 'name', 'created_at as createdAt']).orderBy('id').execute(),
    );
    const tenants = new Map(rows.map((row) => [row.id, row]));
    copy = { tenants, readAt };
    return tenants;
  }

  async function tenants(): Promise<ReadonlyMap<string, Tenant>> {
    return copy !== undefined && performance.now() - copy.readAt < maxAgeMs ? copy.tenants : read();
  }

  return {
    find: async (id) => (await tenants()).get(id),
    list: async () => [...(await tenants()).values()],
  };
}
