import { auditCountMax } from '#domain/audit/audit.schema.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Governance } from '#governance/create-governance.ts';
import type { AuditFilters } from '#stores/audit/entries.ts';
import type { Stores } from '#stores/open-stores.ts';
import { questionOf } from '../support/decision-question.ts';
import { auditEntry } from '../support/examples.ts';
import { readIssues } from '../support/github-actions.ts';
import { quantile } from './figures.ts';
import { peopleOfEntries, requestOfEntry } from './fill-ledger.ts';
import { oneByOne } from './load.ts';
import { sizes } from './sizes.ts';
import { ms, type Row, times } from './table.ts';

/** p99 in milliseconds at one size. */
export interface GrowthPoint {
  append: number;
  page: number;
  counted: number;
  decision: number;
}

interface Measuring {
  stores: Stores;
  governance: Governance;
  /** Whose calls they are, one after the other. */
  people: readonly Actor[];
  /** Entries of each tenant. */
  rows: number;
}

export async function measurePoint({ stores, governance, people, rows }: Measuring): Promise<GrowthPoint> {
  const actorOf = (n: number): Actor => {
    const actor = people[n % people.length];
    if (actor === undefined) throw new Error('there are people');
    return actor;
  };
  const append = (n: number) => {
    const { tenantId } = actorOf(n);
    const entries = [auditEntry({ tenantId, userId: `person-${n % peopleOfEntries}` })];
    return stores.ledger.record(tenantId, { decision: null, entries, dedupeKey: null });
  };
  const query = (n: number, countTo: number) =>
    stores.auditEntries.query(actorOf(n).tenantId, {
      visibility: { kind: 'tenant' },
      filters: filtersOf(n, rows),
      limit: 50,
      countTo,
    });
  const decide = (n: number) => governance.decide(questionOf(actorOf(n), readIssues));
  const p99 = async (calls: number, call: (n: number) => Promise<unknown>) => {
    await oneByOne(Math.max(people.length, calls / 10), call);
    return quantile(await oneByOne(calls, call), 0.99);
  };
  const calls = sizes.growthCalls;
  return {
    append: await p99(calls, append),
    page: await p99(calls / 2, (n) => query(n, 0)),
    counted: await p99(calls / 20, (n) => query(n, auditCountMax + 1)),
    decision: await p99(calls * 5, decide),
  };
}

export function growthRows(
  how: string,
  { few, many, aim }: { few: GrowthPoint; many: GrowthPoint; aim: string },
): Row[] {
  const names: Record<keyof GrowthPoint, string> = {
    append: 'append',
    page: 'filtered page by cursor',
    counted: 'filtered page with its count',
    decision: 'decision in process',
  };
  return (['append', 'page', 'counted', 'decision'] as const).map((name) => ({
    measured: `${names[name]}, p99, ${how}`,
    figure: ms(many[name]),
    baseline: ms(few[name]),
    ratio: times(many[name] / few[name]),
    aim,
  }));
}

/** What people look for: a request, a person, what was refused, a kind, a day; and the newest of all. */
function filtersOf(n: number, rows: number): AuditFilters {
  const from = new Date(Date.now() - (n % 20) * 86_400_000).toISOString();
  const each: readonly AuditFilters[] = [
    { requestId: requestOfEntry((n * 7_919) % rows) },
    { userId: `person-${n % peopleOfEntries}` },
    { outcome: 'denied' },
    { actionType: 'policy_decision', from },
    {},
  ];
  return each[n % each.length] ?? {};
}
