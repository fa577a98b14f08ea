import { systemActor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { ContentRetentionStore, EndedPage } from '#stores/content/retention.ts';
import type { HeldPeople } from '../person/held-people.ts';
import type { RecordEvent } from '../record.ts';
import { type ContentTerms, contentTerms } from './content-terms.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The clocks of this process and of the database may differ, and the database refuses to delete what is too young. */
const skewMs = 60_000;

/** Numbers of contents deleted, and of requests that lost theirs. */
export interface DeletedByPolicy {
  contents: number;
  requests: number;
}

/** With the units whose requests they are about. */
type TermsOfUnits = ContentTerms & { units: readonly string[] };

/** Deletes what the tenant's data policies say to keep no longer; `beat` is called between batches. Safe to repeat. */
export type DeleteContent = (
  tenantId: string,
  active: readonly Policy[],
  beat: () => void,
) => Promise<DeletedByPolicy>;

interface DeleteContentOptions {
  contentRetention: ContentRetentionStore;
  heldPeople: HeldPeople;
  recordEvent: RecordEvent;
  now: () => Date;
  /** Requests or contents at a time; default 500. */
  batch?: number;
}

/**
 * Looks at legal holds before each batch is chosen and again before it is deleted, since one may have been placed
 * meanwhile.
 */
export function createDeleteContent(options: DeleteContentOptions): DeleteContent {
  const { contentRetention: store, heldPeople, now, batch = 500 } = options;
  const before = (ms: number) => new Date(now().getTime() - ms - skewMs).toISOString();

  async function eraseEphemeral(tenantId: string, terms: TermsOfUnits, beat: () => void): Promise<number> {
    let erased = 0;
    for (let some = batch; some === batch; erased += some) {
      beat();
      const held = await heldPeople(tenantId);
      const past = { units: terms.units, before: before(terms.ephemeralHours * hourMs), held };
      some = await store.eraseEphemeral(tenantId, { ...past, limit: batch });
    }
    return erased;
  }

  async function deleteEnded(tenantId: string, terms: TermsOfUnits, beat: () => void) {
    const gone = { contents: 0, requests: 0 };
    for (let after: string | null = ''; after !== null; ) {
      beat();
      const past = { before: before(terms.retentionDays * dayMs), held: await heldPeople(tenantId) };
      const page: EndedPage = await store.endedRequests(tenantId, {
        units: terms.units,
        ...past,
        after,
        limit: batch,
      });
      after = page.after;
      const runs = page.requests.flatMap((request) => request.runs);
      const open = await store.openRuns(tenantId, runs);
      const closed = page.requests.filter((request) => !request.runs.some((run) => open.has(run)));
      const ids = closed.map(({ id }) => id);
      if (ids.length === 0) continue;
      const facts = { before: past.before, days: terms.retentionDays };
      await record(options, tenantId, 'intended', { ...facts, requests: ids.length });
      const deleted = await store.deleteOf(tenantId, ids, { ...past, held: await heldPeople(tenantId) });
      await record(options, tenantId, 'success', { ...facts, ...deleted });
      gone.contents += deleted.contents;
      gone.requests += deleted.requests;
    }
    return gone;
  }

  async function deleteReasons(tenantId: string, days: number, beat: () => void): Promise<number> {
    let deleted = 0;
    for (let some = batch; some === batch; deleted += some) {
      beat();
      const past = { before: before(days * dayMs), held: await heldPeople(tenantId) };
      const reasons = await store.looseReasons(tenantId, { ...past, limit: batch });
      if (reasons.length === 0) break;
      const facts = { before: past.before, days };
      await record(options, tenantId, 'intended', { ...facts, contents: reasons.length });
      some = await store.deleteReasons(tenantId, reasons, { ...past, held: await heldPeople(tenantId) });
      await record(options, tenantId, 'success', { ...facts, contents: some });
    }
    return deleted;
  }

  return async (tenantId, active, beat) => {
    const terms = contentTerms(active);
    if (terms === undefined) return { contents: 0, requests: 0 };
    const everybody = { ...terms, units: await store.units(tenantId) };
    const passing = await eraseEphemeral(tenantId, everybody, beat);
    const ended = await deleteEnded(tenantId, everybody, beat);
    const reasons = await deleteReasons(tenantId, terms.retentionDays, beat);
    return { contents: passing + ended.contents + reasons, requests: ended.requests };
  };
}

/** Recorded before and after a batch: if it stops halfway, the first entry says how large it was. */
function record(
  { recordEvent }: DeleteContentOptions,
  tenantId: string,
  outcome: 'intended' | 'success',
  counts: { requests?: number; contents?: number; before: string; days: number },
): Promise<void> {
  const whose =
    counts.requests === undefined
      ? 'reasons that nothing refers to'
      : `contents of ${counts.requests} requests`;
  return recordEvent(systemActor(tenantId, 'openclaw-retention'), {
    event: 'content.deleted',
    detail: `${whose}, past ${counts.days} days`,
    outcome,
    metadata: counts,
  });
}
