import { condition, patched } from '@temporalio/workflow';
import { stoodStill } from './activities.ts';

interface WorkingTime {
  tenantId: string;
  /** The approval whose deadline this is; its row says the new one. */
  approvalId: string | null;
  ms: number;
  /** Told when the deadline has come and it is asked whether it stands, and when it doesn't. */
  asking?: (is: boolean) => void;
}

/**
 * Like `condition` with a limit, but time during which the tenant is suspended doesn't count: at the deadline it is
 * asked how much of the wait that was, which waits itself while the tenant is suspended still.
 */
export async function inWorkingTime(
  reached: () => boolean,
  { tenantId, approvalId, ms, asking = () => {} }: WorkingTime,
): Promise<boolean> {
  let left = ms;
  for (;;) {
    const since = Date.now();
    if (await condition(reached, left)) return true;
    // Waits that began before tenants could be suspended end as they did.
    if (!patched('standing-still')) return false;
    const still = { since: new Date(since).toISOString(), until: new Date(since + left).toISOString() };
    asking(true);
    left = await stoodStill({ tenantId, approvalId, ...still });
    if (reached()) return true;
    if (!(left > 0)) return false;
    asking(false);
  }
}
