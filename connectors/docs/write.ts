import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tablesOfConnectors, withTable } from './tables.ts';

/** `npm run docs`: writes into `docs/` what follows from the registry of connectors. */
for (const table of tablesOfConnectors()) {
  const file = fileURLToPath(new URL(`../../${table.page}`, import.meta.url));
  const before = readFileSync(file, 'utf8');
  const after = withTable(before, table);
  if (after === before) continue;
  writeFileSync(file, after);
  process.stdout.write(`${table.page}\n`);
}
