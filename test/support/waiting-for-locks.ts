import { withAdmin } from '#platform/database/admin-connection.ts';

/** How many connections to a database, named by its administrator's address, wait for a lock. */
export function waitingForLocks(adminUrl: string): Promise<number> {
  return withAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows[0]?.count ?? 0;
  });
}
