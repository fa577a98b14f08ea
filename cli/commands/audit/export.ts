import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { exportAudit } from '#domain/audit/calls.ts';
import { type AuditFilterOptions, auditFilterQuery, withAuditFilters } from '../../audit-filters.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { pinOnFirstUse } from '../../pin-on-first-use.ts';

interface ExportOptions extends AuditFilterOptions {
  format: string;
  out?: string;
}

export function auditExportCommand(context: Context): Command {
  return withAuditFilters(new Command('export'))
    .description('the audit log as a file, to standard output unless --out')
    .addOption(
      new Option('--format <format>', 'json can be verified').choices(['json', 'csv']).default('json'),
    )
    .option('--out <file>', 'write it there')
    .action(async ({ format, out, ...filters }: ExportOptions) => {
      const query = { ...auditFilterQuery(filters), format };
      const connection = await context.connect();
      await pinOnFirstUse(context, connection);
      const answer = await connection.open(exportAudit, { query });
      if (answer.body === null) throw broken();
      const file = Readable.from(answer.body);
      if (out === undefined) await pipeline(file, process.stdout, { end: false }).catch(failed);
      else {
        await save(file, out);
        context.output.note(`Written to ${out}.`);
      }
    });
}

/** Written under another name first, so that a file with the final name is always complete. */
async function save(file: Readable, path: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await pipeline(file, createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    failed(cause);
  }
}

function failed(cause: unknown): never {
  throw broken(cause);
}

function broken(cause?: unknown): Failure {
  return new Failure('failed', 'export_broken', 'The export broke off; what has come is not all of it.', {
    hint: 'Try again.',
    cause,
  });
}
