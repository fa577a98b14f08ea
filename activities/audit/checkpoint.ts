import { Context } from '@temporalio/activity';
import { nobody } from '#domain/person/nobody.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { createRecordGaps } from '#governance/upkeep/record-gaps.ts';
import type { GapStore } from '#stores/audit/gaps.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { UpkeepStore } from '#stores/upkeep/upkeep.ts';
import type { TreeHead } from '#transparency/statement.ts';
import type { AuditCheckpointInput, AuditCheckpointResult } from '#workflows/messages/audit-checkpoint.ts';
import type { HeadPublisher, Publication } from './heads/head-publisher.ts';
import { type PublishMissingOptions, publishMissing } from './heads/publish-missing.ts';
import { createSignHead, type HeadOutcome, type SignHeadOptions } from './heads/sign-head.ts';

/** What heads are signed with, and where they go. */
export interface HeadOptions
  extends Pick<SignHeadOptions, 'signer' | 'previousSigner' | 'trustedKeys' | 'lastPublished'> {
  publishers: readonly HeadPublisher[];
}

export interface AuditCheckpointOptions
  extends Pick<SignHeadOptions, 'tree' | 'recordEvent'>,
    Pick<PublishMissingOptions, 'publications'> {
  tenants: Pick<TenantStore, 'list'>;
  gaps: Pick<GapStore, 'record' | 'unrecorded'>;
  upkeep: Pick<UpkeepStore, 'done'>;
  now: () => Date;
  heads: HeadOptions;
}

/**
 * Checkpoints one tenant, or all of them; trouble with one tenant doesn't stop the others. Only the run over the whole
 * installation publishes heads, and there is one of those at a time, so that they are published in order. Sends
 * heartbeats as it goes.
 */
export function createAuditCheckpoint(options: AuditCheckpointOptions) {
  const { tree, publications, heads } = options;
  const signHead = createSignHead({ ...options, ...heads, recordGaps: createRecordGaps(options) });

  async function tellUnpublished({ tenantId, head }: Publication, place: string): Promise<void> {
    await options.recordEvent(nobody(tenantId), {
      event: 'audit.head_unpublished',
      detail: `audit head ${head.claims.n} to ${place}`,
      outcome: 'error',
      metadata: { head: head.claims.n, place },
      // About once an hour, whatever the clock does.
      dedupeKey: `head_unpublished:${place}:${Math.floor(head.claims.n / 60)}`,
    });
  }

  return async ({ tenantId }: AuditCheckpointInput): Promise<AuditCheckpointResult> => {
    const context = Context.current();
    const isEveryones = tenantId === installationTenant;
    const tenants = isEveryones ? (await options.tenants.list()).map(({ id }) => id) : [tenantId];
    const result = { signed: 0, broken: 0, failed: 0, unpublished: 0 };
    const newest: TreeHead[] = [];
    for (const tenant of tenants) {
      context.heartbeat();
      try {
        const done = await signHead(tenant, () => context.heartbeat());
        if (done.kind === 'broken')
          context.log.error('audit tree broken, no head is signed', { tenant, why: done.why });
        result[countOf(done)] += done.kind === 'raced' ? 0 : 1;
        if (done.kind !== 'signed') continue;
        newest.push(done.head);
        if (done.isAhead)
          context.log.warn('audit heads are dated ahead of the database until its clock has caught up', {
            tenant,
            at: done.head.claims.at,
          });
      } catch (error) {
        result.failed += 1;
        context.log.error('no audit checkpoint', { tenant, error });
      }
    }
    if (!isEveryones) return result;
    if (result.failed === 0) await options.upkeep.done('audit-checkpoint');
    try {
      result.unpublished = await publishMissing(newest, {
        tree,
        publications,
        publishers: heads.publishers,
        onProgress: () => context.heartbeat(),
        onFailure: async (publication, to, error) => {
          context.log.error('audit head not published', { tenant: publication.tenantId, to, error });
          await tellUnpublished(publication, to).catch(() => {});
        },
      });
    } catch (error) {
      result.unpublished = newest.length;
      context.log.error('audit heads not published', { error });
    }
    return result;
  };
}

function countOf({ kind }: HeadOutcome): 'signed' | 'broken' {
  return kind === 'broken' ? 'broken' : 'signed';
}
