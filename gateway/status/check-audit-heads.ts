import type { PublicationStore } from '#stores/audit/publications.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import type { Check } from './check-system.ts';

/** A head is signed once a minute; when the newest is this old, the worker is not signing, or must not. */
const oldestMs = 10 * 60_000;

/** How long an answer is cached, in milliseconds, since a look costs one query per tenant. */
const keptMs = 30_000;

interface AuditHeadsOptions {
  tree: Pick<TreeStore, 'heads'>;
  publications: Pick<PublicationStore, 'late'>;
  tenants: { list(): Promise<readonly { id: string }[]> };
  now: () => Date;
}

/** Rejects when a tenant whose log once had heads gets no new ones, or when a configured place no longer gets them. */
export function checkAuditHeads(options: AuditHeadsOptions): Check {
  let last: { at: number; result: Promise<void> } | undefined;
  return () => {
    const at = performance.now();
    if (last === undefined || at - last.at > keptMs) last = { at, result: look(options) };
    const { result } = last;
    result.catch(() => {
      last = undefined;
    });
    return result;
  };
}

async function look({ tree, publications, tenants, now }: AuditHeadsOptions): Promise<void> {
  for (const { id } of await tenants.list()) {
    const [head] = await tree.heads(id, { kind: 'newest', limit: 1 });
    if (head !== undefined && now().getTime() - Date.parse(head.claims.at) > oldestMs)
      throw new Error(`the newest head of ${id} is of ${head.claims.at}`);
  }
  const [late] = await publications.late(oldestMs);
  if (late !== undefined)
    throw new Error(`heads of ${late.tenantId} do not reach the ${late.place} since number ${late.n}`);
}
