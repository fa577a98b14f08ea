import { Context } from '@temporalio/activity';
import { installationTenant } from '#domain/tenant.ts';
import type { TenantStore } from '#stores/tenants.ts';
import type { AuditCheckpointInput, AuditCheckpointResult } from '#workflows/messages.ts';
import {
  type Checkpoint,
  type CheckpointTenantOptions,
  createCheckpointTenant,
} from './audit-checkpoint-tenant.ts';
import type { HeadPublisher, Publication } from './heads/head-publisher.ts';
import { nobody } from './nobody.ts';

/** What heads are signed with, and where they go. */
export interface HeadOptions
  extends Pick<CheckpointTenantOptions, 'signer' | 'previousSigner' | 'heldKeys' | 'lastPublished'> {
  publishers: readonly HeadPublisher[];
}

export interface AuditCheckpointOptions
  extends Pick<CheckpointTenantOptions, 'tree' | 'recordEvent' | 'now'> {
  tenants: Pick<TenantStore, 'list'>;
  heads: HeadOptions;
}

/** Tries of one publication; what fails then is told in the log, and the next head goes out a minute later. */
const publishTries = 3;

/** Checkpoints one tenant, or each of the installation; one tenant's trouble is no other's. Beats as it goes. */
export function createAuditCheckpoint(options: AuditCheckpointOptions) {
  const checkpointTenant = createCheckpointTenant({ ...options, ...options.heads });

  async function tellUnpublished({ tenantId, head }: Publication, place: string): Promise<void> {
    const hour = head.claims.at.slice(0, 13);
    await options.recordEvent(nobody(tenantId), {
      event: 'audit.head_unpublished',
      detail: `audit head ${head.claims.n} to ${place}`,
      outcome: 'error',
      metadata: { head: head.claims.n, place },
      dedupeKey: `head_unpublished:${place}:${hour}`,
    });
  }

  return async ({ tenantId }: AuditCheckpointInput): Promise<AuditCheckpointResult> => {
    const context = Context.current();
    const tenants =
      tenantId === installationTenant ? (await options.tenants.list()).map(({ id }) => id) : [tenantId];
    const result = { signed: 0, broken: 0, failed: 0, unpublished: 0 };
    const publications: Publication[] = [];
    for (const tenant of tenants) {
      context.heartbeat();
      try {
        const done = await checkpointTenant(tenant, () => context.heartbeat());
        if (done.kind === 'broken')
          context.log.error('audit tree broken, no head is signed', { tenant, why: done.why });
        result[countOf(done)] += done.kind === 'raced' ? 0 : 1;
        if (done.kind === 'signed') publications.push({ tenantId: tenant, ...done });
      } catch (error) {
        result.failed += 1;
        context.log.error('no audit checkpoint', { tenant, error });
      }
    }
    for (const publication of publications) {
      for (const publisher of options.heads.publishers) {
        context.heartbeat();
        if (await published(publisher, publication)) continue;
        result.unpublished += 1;
        context.log.error('audit head not published', { tenant: publication.tenantId, to: publisher.name });
        await tellUnpublished(publication, publisher.name).catch(() => {});
      }
    }
    return result;
  };
}

function countOf({ kind }: Checkpoint): 'signed' | 'broken' {
  return kind === 'broken' ? 'broken' : 'signed';
}

async function published(publisher: HeadPublisher, publication: Publication): Promise<boolean> {
  for (let tries = 0; tries < publishTries; tries += 1) {
    try {
      await publisher.publish(publication);
      return true;
    } catch {
      // Tried again, then told.
    }
  }
  return false;
}
