import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { withAdmin } from '#platform/database/admin-connection.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { TreeSigner } from '#transparency/tree-signer.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { openTestStores } from '../support/open-test-stores.ts';
import { newSigner } from '../support/sample-export.ts';
import { checkpointsIn } from '../support/sign-head.ts';
import { wholeExport } from '../support/whole-export.ts';
import { benchGovernance } from './bench-governance.ts';
import { fillLedger } from './fill-ledger.ts';
import { growthRows, measurePoint } from './growth-point.ts';
import { manyPolicies, peopleUnder, storePolicies } from './many-policies.ts';
import { sizes } from './sizes.ts';
import { addRows, count, perSecond } from './table.ts';

/** As many as a busy minute brings. */
const rowsPerHead = 50_000;

it('from few audit entries to many, with an export and its verification on the way', async () => {
  const opened = await openTestStores();
  const { stores, databases, signing } = opened;
  const policies = manyPolicies(sizes.policies);
  await storePolicies(stores.policies, 'acme', policies);
  const governance = await benchGovernance(stores, signing.verify);
  const people = peopleUnder(policies, 'acme');
  const signer = newSigner('k1');
  const checkpoint = checkpointsIn(stores, { signer, recordEvent: governance.recordEvent });
  const settle = () =>
    withAdmin(databases.auditAdminUrl, async (client) => {
      await client.query('VACUUM ANALYZE');
      await client.query('CHECKPOINT');
    });
  const measure = async (rows: number) => {
    await settle();
    return measurePoint({ stores, governance, people, rows });
  };

  const fill = (from: number, to: number) => fillLedger(stores.ledger, 'acme', { from, to });
  await fill(0, sizes.fewRows);
  const few = await measure(sizes.fewRows);
  await checkpoint();
  for (let from = sizes.fewRows; from < sizes.exportRows; from += rowsPerHead) {
    await fill(from, Math.min(from + rowsPerHead, sizes.exportRows));
    await checkpoint();
  }
  const exported = await measureExport(stores, signer);
  await fill(sizes.exportRows, sizes.rows);
  const many = await measure(sizes.rows);
  await opened.close();
  const how = `${count(sizes.fewRows)} to ${count(sizes.rows)} entries`;
  addRows('growth', growthRows(how, { few, many, aim: 'at most 1.5×' }));
  addRows('export', [
    {
      measured: `export of the whole log as a file (${count(exported.entries)} entries, ${exported.megabytes} MB)`,
      figure: perSecond(exported.entries / exported.writeSeconds),
      aim: 'more than 10,000/s',
    },
    {
      measured: 'verification of that file, offline',
      figure: perSecond(exported.entries / exported.verifySeconds),
      aim: 'more than 16,667/s: 1,000,000 in 60 s',
    },
  ]);
  expect(exported.findings).toEqual([]);
  expect(exported.entries).toBeGreaterThanOrEqual(sizes.exportRows);
});

async function measureExport(stores: Stores, signer: TreeSigner) {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-export-'));
  const file = join(folder, 'audit.json');
  try {
    const began = performance.now();
    await pipeline(Readable.from(wholeExport(stores, 'acme')), createWriteStream(file));
    const written = performance.now();
    const verified = await verifyExport({ bytes: createReadStream(file), trustedKeys: [signer.publicKey] });
    return {
      entries: verified.entries,
      findings: verified.findings,
      megabytes: Math.round(statSync(file).size / 1e6),
      writeSeconds: (written - began) / 1_000,
      verifySeconds: (performance.now() - written) / 1_000,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
