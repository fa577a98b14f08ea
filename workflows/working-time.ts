import { condition, patched } from '@temporalio/workflow';
import { stoodStill } from './activities.ts';

interface WorkingTime {
  tenantId: string;
  /** The approval whose deadline this is, if it is one: its row gets the new deadline. */
  approvalId: string | null;
  ms: number;
  /** Called with `true` when the deadline has come and we ask whether it stands, with `false` when it has moved. */
  asking?: (is: boolean) => void;
}

/**
 * Like `condition` with a timeout, except that time during which the tenant is suspended doesn't count. At the deadline
 * an activity tells how long that was, and we wait as long again; while the tenant is suspended, that activity waits
 * too.
 */
export async function inWorkingTime(
  reached: () => boolean,
  { tenantId, approvalId, ms, asking = () => {} }: WorkingTime,
): Promise<boolean> {
  let left = ms;
  for (;;) {
    const since = Date.now();
    if (await condition(reached, left)) return true;
    // Workflows recorded before tenants could be suspended replay without the question.
    if (!patched('standing-still')) return false;
    const still = { since: new Date(since).toISOString(), until: new Date(since + left).toISOString() };
    asking(true);
    left = await stoodStill({ tenantId, approvalId, ...still });
    if (reached()) return true;
    if (!(left > 0)) return false;
    asking(false);
  }
}
