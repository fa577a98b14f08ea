import type { PublicationStore } from '#stores/audit/publications.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import type { Check } from './check-system.ts';
import { keptFor } from './kept-for.ts';
import { throwIfAny } from './not-well.ts';

/** A head is signed once a minute; when the newest is this old, the worker is not signing, or must not. */
const oldestMs = 10 * 60_000;

/** Entries get their places once a minute; when one has waited this long, nobody gives them any. */
const waitMs = 3 * 60_000;

/** How long an answer is cached, in milliseconds, since a look costs one query per tenant. */
const keptMs = 30_000;

interface AuditHeadsOptions {
  tree: Pick<TreeStore, 'delays'>;
  publications: Pick<PublicationStore, 'late'>;
  tenants: { list(): Promise<readonly { id: string }[]> };
}

/**
 * Rejects when entries of a tenant get no places, when its log once had heads and gets no new ones, or when a configured
 * place no longer gets them. The gateway's own clock has no say.
 */
export function checkAuditHeads(options: AuditHeadsOptions): Check {
  return keptFor(keptMs, () => look(options));
}

async function look({ tree, publications, tenants }: AuditHeadsOptions): Promise<void> {
  const delayed = await Promise.all(
    (await tenants.list()).map(async ({ id }) => {
      const { headMs, entryId } = await tree.delays(id, waitMs);
      return [
        ...(entryId === null
          ? []
          : [{ tenantId: id, problem: `entry ${entryId} gets no place in the tree` }]),
        ...(headMs === null || headMs <= oldestMs
          ? []
          : [{ tenantId: id, problem: `its newest head was recorded ${Math.round(headMs / 1_000)} s ago` }]),
      ];
    }),
  );
  const late = (await publications.late(oldestMs)).map(({ tenantId, place, n }) => ({
    tenantId,
    problem: `its heads do not reach the ${place} since number ${n}`,
  }));
  throwIfAny([...delayed.flat(), ...late]);
}
