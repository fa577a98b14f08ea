import { systemActor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import type { DroppedMonth } from '#stores/audit/retention.ts';
import type { Stores } from '#stores/open-stores.ts';
import { createHeldPeople } from '../person/held-people.ts';
import type { RecordEvent } from '../record.ts';
import { createDeleteContent } from './delete-content.ts';

/** No entry is dropped sooner, whatever policy says (spec/enterprise.md §1.13). */
const retentionFloorDays = 365;

const dayMs = 86_400_000;
/** Model calls are on record in audit; their rows only keep a retry from being counted twice. */
const callsKeptDays = 30;
/** Long enough to compare a year with the one before. */
const tokenCountsKeptDays = 400;
const unreadLabelsKeptDays = 400;

export interface KeptRetention {
  monthsMade: number;
  /** None while a tenant failed: it may be the one that keeps entries longest. */
  months: readonly { month: string; became: DroppedMonth }[];
  /** Results of reads, contents of requests that ended, reasons that nothing refers to any more. */
  contents: number;
  /** Requests that lost their contents. */
  requests: number;
  sessions: number;
  /** Rows of model calls and token counts. */
  modelRows: number;
  itemLabels: number;
  /** Tenants whose policies could not be read, or whose data could not be deleted. */
  failed: readonly { tenantId: string; cause: unknown }[];
}

/** One run of retention over all tenants; `beat` is called between the steps. */
export type KeepRetention = (beat: () => void) => Promise<KeptRetention>;

interface KeepRetentionOptions {
  stores: Pick<
    Stores,
    | 'tenants'
    | 'retention'
    | 'contentRetention'
    | 'legalHolds'
    | 'subjects'
    | 'grants'
    | 'sessions'
    | 'modelUsage'
    | 'classifications'
  >;
  /** The active policies of a tenant, verified. */
  readPolicies: (tenantId: string) => Promise<{ policies: readonly Policy[] }>;
  recordEvent: RecordEvent;
  now: () => Date;
}

export function createKeepRetention({
  stores,
  readPolicies,
  recordEvent,
  now,
}: KeepRetentionOptions): KeepRetention {
  const { tenants, retention } = stores;
  const heldPeople = createHeldPeople(stores);
  const deleteContent = createDeleteContent({
    contentRetention: stores.contentRetention,
    heldPeople,
    recordEvent,
    now,
  });

  async function forget(tenantId: string, active: readonly Policy[], beat: () => void) {
    const content = await deleteContent(tenantId, active, beat);
    const held = await heldPeople(tenantId);
    const ago = (days: number) => new Date(now().getTime() - days * dayMs).toISOString();
    const modelRows = await stores.modelUsage.forget(tenantId, {
      callsBefore: ago(callsKeptDays),
      daysBefore: ago(tokenCountsKeptDays).slice(0, 10),
      held,
    });
    const itemLabels = await stores.classifications.forgetUnseen(tenantId, ago(unreadLabelsKeptDays), held);
    await stores.grants.deleteExpired(tenantId);
    return { ...content, modelRows, itemLabels };
  }

  return async (beat) => {
    const monthsMade = await retention.makeMonths();
    const all = await tenants.list();
    let keepDays = retentionFloorDays;
    const failed: { tenantId: string; cause: unknown }[] = [];
    const gone = { contents: 0, requests: 0, modelRows: 0, itemLabels: 0 };
    for (const { id } of all) {
      beat();
      try {
        const { policies: active } = await readPolicies(id);
        keepDays = Math.max(keepDays, auditDays(active.filter(isForAll)));
        const forgotten = await forget(id, active, beat);
        gone.contents += forgotten.contents;
        gone.requests += forgotten.requests;
        gone.modelRows += forgotten.modelRows;
        gone.itemLabels += forgotten.itemLabels;
      } catch (cause) {
        failed.push({ tenantId: id, cause });
      }
    }
    const sessions = await stores.sessions.deleteExpired();
    const months: { month: string; became: DroppedMonth }[] = [];
    const expired = failed.length === 0 ? await retention.expiredMonths(keepDays) : [];
    const keptFrom = now().getTime() - keepDays * dayMs;
    for (const month of expired) {
      beat();
      // What is gone is gone: the database's clock and ours have to agree that its time is over.
      if (endOf(month) > keptFrom) continue;
      for (const { id } of all) await recordMonth(recordEvent, id, month, 'intended');
      const became = await retention.dropMonth(month, keepDays);
      months.push({ month, became });
      if (became === 'dropped')
        for (const { id } of all) await recordMonth(recordEvent, id, month, 'success');
    }
    return { monthsMade, months, sessions, failed, ...gone };
  };
}

/** Only the enterprise's policies say how long entries are kept, never those of a unit or a person, nor a canary. */
function isForAll({ scope, canaryFor }: Policy): boolean {
  return scope.level === 'enterprise' && canaryFor === undefined;
}

/** The longest that any policy asks for: entries of all tenants share their months. */
function auditDays(active: readonly Policy[]): number {
  return Math.max(0, ...active.flatMap(({ rules }) => numberOf(rules, 'minimum_retention_days')));
}

function numberOf(rules: object, field: string): number[] {
  const value: unknown = Object.entries(rules).find(([name]) => name === field)?.[1];
  return typeof value === 'number' ? [value] : [];
}

/** `YYYY-MM`; milliseconds since the epoch. */
function endOf(month: string): number {
  const [year = 0, n = 0] = month.split('-').map(Number);
  return Date.UTC(year, n, 1);
}

function recordMonth(
  recordEvent: RecordEvent,
  tenantId: string,
  month: string,
  outcome: 'intended' | 'success',
): Promise<void> {
  return recordEvent(systemActor(tenantId, 'openclaw-retention'), {
    event: 'audit.month_dropped',
    detail: `entries of ${month}`,
    outcome,
    metadata: { month },
    dedupeKey: `month:${month}#${outcome}`,
  });
}
