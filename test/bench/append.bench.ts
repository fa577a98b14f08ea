import { expect, it } from 'vitest';
import { createDatabase } from '#platform/database/pool.ts';
import { createLedger } from '#stores/audit/ledger.ts';
import { entriesOf } from '../support/audit-entries.ts';
import { auditEntry } from '../support/examples.ts';
import { openTestStores } from '../support/open-test-stores.ts';
import { quantile } from './figures.ts';
import { closedLoop, type Latencies, openLoop } from './load.ts';
import { openPlainTable } from './plain-table.ts';
import { sizes } from './sizes.ts';
import { addRows, count, ms, perSecond, times } from './table.ts';

/** As a process has them when it isn't told otherwise (DATABASE_POOL_SIZE). */
const maxConnections = 10;
const rounds = 6;
/** The load of reliability goal L3. */
const steady = 1_000;

interface Tally {
  latencies: Latencies;
  seconds: number;
}

it('audit appends over plain INSERTs of the same rows', async () => {
  const opened = await openTestStores();
  const pool = createDatabase(opened.databases.auditDatabaseUrl, { maxConnections });
  const ledger = createLedger({ ...opened.stores, pool });
  let n = 0;
  const append = () => {
    n += 1;
    const entries = [auditEntry({ userId: `person-${n % 50}` })];
    return ledger.record('acme', { decision: null, entries, dedupeKey: null });
  };
  for (let warm = 0; warm < 2_000; warm += 1) await append();
  const plain = await openPlainTable(opened.databases, { maxConnections });
  await closedLoop({ clients: sizes.appendClients, seconds: 1 }, plain.insert);

  const appended: Tally = { latencies: [], seconds: 0 };
  const inserted: Tally = { latencies: [], seconds: 0 };
  const slice = { clients: sizes.appendClients, seconds: sizes.appendSeconds / rounds };
  for (let round = 0; round < rounds; round += 1) {
    add(inserted, await closedLoop(slice, plain.insert));
    add(appended, await closedLoop(slice, append));
  }
  const paced = await openLoop({ perSecond: steady, seconds: sizes.appendSeconds }, append);
  const entries = await entriesOf(opened.stores, 'acme', { limit: 1 });
  await plain.close();
  await pool.close();
  await opened.close();

  const rate = appended.latencies.length / appended.seconds;
  const plainRate = inserted.latencies.length / inserted.seconds;
  const load = `${sizes.appendClients} clients, ${maxConnections} connections`;
  addRows('append', [
    {
      measured: `audit entries appended (${load})`,
      figure: perSecond(rate),
      baseline: `${perSecond(plainRate)} plain INSERTs, same columns and indexes`,
      ratio: times(rate / plainRate),
      aim: 'at least 0.8×; 3,000/s if plain allows',
    },
    {
      measured: `one append, p99 (${load})`,
      figure: ms(quantile(appended.latencies, 0.99)),
      baseline: `${ms(quantile(inserted.latencies, 0.99))} a plain INSERT`,
      ratio: times(quantile(appended.latencies, 0.99) / quantile(inserted.latencies, 0.99)),
      aim: '50 ms',
    },
    {
      measured: `one append, p99 (${count(steady)}/s, counted from when it was due)`,
      figure: ms(quantile(paced, 0.99)),
      aim: '50 ms',
    },
  ]);
  expect(entries).toHaveLength(1);
});

function add(tally: Tally, more: Tally): void {
  tally.latencies = tally.latencies.concat(more.latencies);
  tally.seconds += more.seconds;
}
