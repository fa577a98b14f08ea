import { Context } from '@temporalio/activity';
import type { KeepRetention } from '#governance/upkeep/keep-retention.ts';
import type { UpkeepStore } from '#stores/upkeep/upkeep.ts';
import type { RetentionResult } from '#workflows/messages/retention.ts';

/** One run of retention over all tenants, with heartbeats. */
export function createRetentionActivity({
  keepRetention,
  upkeep,
}: {
  keepRetention: KeepRetention;
  upkeep: Pick<UpkeepStore, 'done'>;
}) {
  return async (): Promise<RetentionResult> => {
    const context = Context.current();
    const { months, failed, ...kept } = await keepRetention(() => context.heartbeat());
    for (const { month, became } of months) {
      if (became === 'not_covered')
        context.log.error('a month past its retention is not in a signed head', { month });
    }
    for (const { tenantId, cause } of failed) {
      context.log.error('retention of a tenant failed, so no month is dropped', {
        tenantId,
        cause: String(cause),
      });
    }
    if (failed.length === 0) await upkeep.done('retention');
    const dropped = months.flatMap(({ month, became }) => (became === 'dropped' ? [month] : []));
    return { ...kept, dropped, failed: failed.length };
  };
}
