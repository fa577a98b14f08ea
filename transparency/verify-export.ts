import { createHash } from 'node:crypto';
import { createHeadChecks } from './check-heads.ts';
import { createRowChecks, type RowTotals } from './check-rows.ts';
import { eachLine } from './each-line.ts';
import { exportHeader } from './export.schema.ts';
import { type ExportHeader, headerTextOf, sha256OfClosing } from './export-format.ts';
import type { Finding, FindingKind } from './finding.ts';
import { canonicalOf, jsonOf } from './json-of.ts';
import type { TreeHead } from './statement.ts';

/** So many findings are named; a file can have millions. */
const mostFindings = 1_000;

interface VerifyOptions {
  /** The file, piece by piece. */
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Public keys (hex) that you trust. */
  trustedKeys: readonly string[];
  /** Heads that you kept from earlier: the tree must continue each of them. */
  keptHeads?: readonly TreeHead[];
}

export interface Verification extends RowTotals {
  ok: boolean;
  /** The first 1,000. */
  findings: readonly Finding[];
  /** Absent when the first line can't be read: then nothing after it is looked at. */
  header?: ExportHeader;
}

/**
 * Checks an export with nothing but public keys, in one pass, and reports what is wrong. Never throws for what is in
 * the file.
 */
export async function verifyExport({
  bytes,
  trustedKeys,
  keptHeads = [],
}: VerifyOptions): Promise<Verification> {
  const findings: Finding[] = [];
  const report = (kind: FindingKind, subject: string): void => {
    if (findings.length < mostFindings) findings.push({ kind, subject });
  };
  const digest = createHash('sha256');
  let header: ExportHeader | undefined;
  let rows: ReturnType<typeof createRowChecks> | undefined;
  let lines = 0;
  let isClosed = false;

  const readHeader = (line: string) => {
    const text = headerTextOf(line);
    const parsed = exportHeader.safeParse(text === undefined ? undefined : jsonOf(text));
    if (!parsed.success || canonicalOf(parsed.data) !== text) return report('malformed', 'line 1');
    header = parsed.data;
    const heads = createHeadChecks({ header, trustedKeys, keptHeads, report });
    return (rows = createRowChecks({ header, heads, report }));
  };

  const endedWithLineFeed = await eachLine(bytes, {
    onBytes: (whole) => digest.update(whole),
    onLine(line) {
      lines += 1;
      if (lines === 1) return readHeader(line);
      if (isClosed) return report('malformed', `line ${lines}`);
      const sha256 = sha256OfClosing(line);
      if (sha256 === undefined) return rows?.read(line, lines);
      isClosed = true;
      if (sha256 !== digest.copy().digest('hex')) report('digest', 'the file');
      return undefined;
    },
  });
  if (!isClosed || !endedWithLineFeed) report('malformed', 'the end of the file');
  const totals = rows?.end() ?? { entries: 0, erased: 0, skipped: 0 };
  return { ok: findings.length === 0, findings, ...(header === undefined ? {} : { header }), ...totals };
}
