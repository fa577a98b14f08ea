import { Session } from 'node:inspector/promises';
import { it } from 'vitest';
import { createLedger } from '#stores/ledger.ts';
import { createDatabase } from '#platform/database/pool.ts';
import { auditEntry } from '../stores/examples.ts';
import { openTestStores } from '../support/open-test-stores.ts';
import { closedLoop } from './load.ts';

it('profile', async () => {
  const o = await openTestStores();
  const pool = createDatabase(o.databases.auditDatabaseUrl, { maxConnections: 10 });
  const ledger = createLedger({ pool, subjects: o.stores.subjects });
  let n = 0;
  const call = () => { n += 1; return ledger.record('acme', { decision: null, entries: [auditEntry({ userId: `p${n % 50}` })], dedupeKey: null }); };
  await closedLoop({ clients: 32, seconds: 3 }, call);
  const s = new Session(); s.connect();
  await s.post('Profiler.enable'); await s.post('Profiler.setSamplingInterval', { interval: 200 }); await s.post('Profiler.start');
  const b = process.cpuUsage(); n = 0;
  await closedLoop({ clients: 32, seconds: 4 }, call);
  const u = process.cpuUsage(b);
  const { profile } = await s.post('Profiler.stop');
  console.log(`${n} calls, cpu ${((u.user + u.system) / n).toFixed(0)} us`);
  const self = new Map<string, number>(); const byId = new Map(profile.nodes.map((x) => [x.id, x]));
  const parent = new Map<number, number>(); for (const x of profile.nodes) for (const c of x.children ?? []) parent.set(c, x.id);
  const incl = new Map<string, number>();
  const total = profile.samples!.length;
  for (const id of profile.samples!) {
    const name = (i: number) => { const f = byId.get(i)!.callFrame; return `${f.functionName || '(anon)'} ${f.url.split('/').slice(-3).join('/')}:${f.lineNumber}`; };
    self.set(name(id), (self.get(name(id)) ?? 0) + 1);
    const seen = new Set<string>();
    for (let i: number | undefined = id; i !== undefined; i = parent.get(i)) { const nm = name(i); if (!seen.has(nm)) { seen.add(nm); incl.set(nm, (incl.get(nm) ?? 0) + 1); } }
  }
  const top = (m: Map<string, number>, k: number) => [...m].sort((a, c) => c[1] - a[1]).slice(0, k).map(([nm, v]) => `${(v / total * 100).toFixed(1)}% ${nm}`).join('\n');
  console.log('SELF\n' + top(self, 28)); console.log('INCL\n' + top(incl, 60));
  await pool.close(); await o.close();
});
