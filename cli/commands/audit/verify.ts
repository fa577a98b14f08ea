import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type ExportHeader, isFiltered } from '#transparency/export-format.ts';
import { findingText } from '#transparency/finding.ts';
import { parseTrustedKeys } from '#transparency/tree-signer.ts';
import { type Verification, verifyExport } from '#transparency/verify-export.ts';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import { readHeads } from '../../read-heads.ts';
import { plainLine } from '../../terminal-text.ts';

interface VerifyOptions {
  key?: string[];
  head?: string;
}

/** How many findings are printed; the rest is only counted. */
const shown = 20;

export function auditVerifyCommand({ pinnedKeys, output, exit }: Context): Command {
  return new Command('verify')
    .description('checks an export with public keys alone; nothing is asked of any server')
    .argument('<file>', 'what `openclaw audit export` wrote')
    .option('--key <file...>', 'public keys, as PEM or {"<key id>": "<PEM>"}; else those kept on first use')
    .option('--head <file>', 'heads that you kept: the log must go on from each')
    .action(async (file: string, options: VerifyOptions) => {
      const trustedKeys = options.key === undefined ? await pinnedKeys.all() : await readKeys(options.key);
      if (trustedKeys.length === 0) {
        throw usageFailure(
          'No audit key is known here.',
          "Give one with --key, or run `openclaw audit keys` once to keep the gateway's.",
        );
      }
      const keptHeads = options.head === undefined ? [] : await readHeads(options.head);
      const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
      const verified = await verifyExport({ bytes: source, trustedKeys, keptHeads }).catch(
        (cause: unknown) => {
          throw usageFailure(
            `${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`,
          );
        },
      );
      const { header, ...facts } = verified;
      const findings = facts.findings.map((finding) => ({ ...finding, text: findingText(finding) }));
      const answer = {
        ...facts,
        findings,
        tenant_id: header?.tenantId ?? null,
        head: header?.head ?? null,
        filters: header?.filters ?? {},
      };
      output.result(answer, () => verifyText(file, verified).map(plainLine).join('\n'));
      if (!verified.ok) exit('failed');
    });
}

async function readKeys(files: readonly string[]): Promise<string[]> {
  const keys = await Promise.all(
    files.map(async (file) => {
      try {
        return parseTrustedKeys(file.startsWith('-----') ? file : await readFile(file, 'utf8'));
      } catch (cause) {
        const words = cause instanceof Error ? cause.message : String(cause);
        throw usageFailure(
          `--key ${file}: ${words}`,
          'Expected Ed25519 public keys, as PEM or {"<key id>": "<PEM>"}.',
        );
      }
    }),
  );
  return keys.flat();
}

function verifyText(
  file: string,
  { ok, findings, header, entries, erased, skipped }: Verification,
): string[] {
  if (!ok) {
    const more = findings.length - shown;
    return [
      `${file} does NOT verify:`,
      ...findings.slice(0, shown).map((finding) => `  ${findingText(finding)}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ];
  }
  const head = header?.head;
  return [
    `${file} verifies: ${entries} entries of ${header?.tenantId}, up to ${head?.claims.at} (head ${head?.claims.n}, key ${head?.keyId}).`,
    ...(header !== undefined && isFiltered(header) ? [filteredText(header)] : []),
    ...(skipped > 0 ? [`${skipped} more are in the log and not in the file; it holds their hashes.`] : []),
    ...(erased > 0 ? [`Of ${erased} entries the person was erased.`] : []),
  ];
}

function filteredText({ filters }: ExportHeader): string {
  const asked = Object.entries(filters).map(([name, value]) => `${name}=${value}`);
  return `It is filtered (${asked.join(', ')}). Filters are not signed: nothing proves that all that matches is in the file.`;
}
