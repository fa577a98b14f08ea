import { createErasureChecks } from './check-erasures.ts';
import type { HeadChecks } from './check-heads.ts';
import { exportRow } from './export.schema.ts';
import {
  type EntryRow,
  type ExportHeader,
  type ExportRow,
  entryLine,
  isFiltered,
  isSkipped,
  rowLine,
} from './export-format.ts';
import type { FindingKind } from './finding.ts';
import { canonicalOf, jsonOf } from './json-of.ts';
import { commitmentTo, isOldLeaf, leafHashOfText } from './leaf.ts';
import { timeOf } from './time-of.ts';
import { createTreeBuilder, fromHex } from './tree.ts';

interface RowChecksOptions {
  header: ExportHeader;
  heads: HeadChecks;
  report(kind: FindingKind, subject: string): void;
}

export interface RowTotals {
  entries: number;
  /** Number of entries whose person was erased. */
  erased: number;
  /** Number of positions that are only covered by a hash. */
  skipped: number;
}

/** The shortest time for which entries are kept (spec/enterprise.md §1.13): a younger one can't have expired. */
const retentionFloorMs = 365 * 86_400_000;

/** Checks rows one by one, and the tree that they make together. */
export function createRowChecks({ header, heads, report }: RowChecksOptions) {
  const total: RowTotals = { entries: 0, erased: 0, skipped: 0 };
  const builder = createTreeBuilder();
  /** The next position. */
  let cursor = 0;
  /** Is every position so far filled by exactly one row? Only then can the tree be computed. */
  let isIntact = true;
  let wasFollowed = true;
  const expired = expiredPlaces(header, heads);
  const erasures = createErasureChecks({
    at: header.head.claims.at,
    report: (named) => report('destroyed', named),
  });
  /** The first entry of the newer form. */
  let newer: { position: number; timestamp: string } | undefined;
  heads.atSize(builder);

  /**
   * The older form ended with the first entry of the newer one, or within a day of it, since processes of both releases
   * may have run side by side. A log that began with the newer form never had the older.
   */
  function hasOlderFormEnded(position: number): boolean {
    if (newer === undefined) return false;
    return newer.position === 0 || heads.isDayBefore(position, newer.timestamp);
  }

  function checkEntry(row: EntryRow, entryText: string, named: string): void {
    const { entry, leafHash: stated, position, reveal } = row;
    if (leafHashOfText(entryText) !== stated) report('changed', named);
    if (entry.tenantId !== header.tenantId) report('foreign', named);
    if (isOldLeaf(entry)) {
      if (reveal !== null) report('malformed', named);
      if (hasOlderFormEnded(position)) report('older_form', named);
    } else {
      newer ??= { position, timestamp: entry.timestamp };
      erasures.read(entry);
      if (reveal === null) erasures.closed(entry.subject, named);
      else if (commitmentTo(reveal) !== entry.personal) report('detail_changed', named);
    }
    if (heads.isDayBefore(position, entry.timestamp)) report('back_dated', named);
  }

  function place(row: ExportRow, named: string): void {
    const level = isSkipped(row) ? row.level : 0;
    const leaves = 2 ** level;
    const expected = cursor;
    cursor = Math.max(cursor, row.position + leaves);
    if (row.position > expected) report('missing', positions(expected, row.position));
    if (row.position < expected) report('repeated', named);
    if (row.position !== expected || row.position % leaves !== 0) isIntact = false;
    if (!isIntact) return;
    builder.append(fromHex(isSkipped(row) ? row.hash : row.leafHash), level);
    heads.atSize(builder);
  }

  return {
    /** `line` ends with a comma when a row follows. */
    read(line: string, number: number): void {
      const isFollowed = line.endsWith(',');
      const text = isFollowed ? line.slice(0, -1) : line;
      if (!wasFollowed) report('malformed', `line ${number - 1}`);
      wasFollowed = isFollowed;
      const row = exportRow.safeParse(jsonOf(text)).data;
      const entryText = row === undefined || isSkipped(row) ? '' : canonicalOf(row.entry);
      if (row === undefined || entryText === undefined || lineOf(row, entryText) !== text) {
        isIntact = false;
        cursor = Math.max(cursor + 1, statedPosition(text) + 1);
        report('malformed', `line ${number}${statedName(text)}`);
        return;
      }
      if (isSkipped(row)) {
        const end = row.position + 2 ** row.level;
        const covered = positions(row.position, end);
        const hasExpired = total.entries === 0 && end <= expired;
        if (!isFiltered(header) && !hasExpired) report('missing', covered);
        total.skipped += 2 ** row.level;
        place(row, covered);
      } else {
        const named = `entry ${row.entry.id} at position ${row.position}`;
        total.entries += 1;
        checkEntry(row, entryText, named);
        place(row, named);
      }
    },
    end(): RowTotals {
      const { size } = header.head.claims;
      // The first row has no comma before it, and the last none after it.
      if (wasFollowed && total.entries + total.skipped > 0) report('malformed', 'the last row');
      if (cursor < size) report('missing', positions(cursor, size));
      if (cursor > size) report('repeated', positions(size, cursor));
      heads.atEnd(isIntact && cursor === size);
      total.erased = erasures.end();
      return total;
    },
  };
}

function lineOf(row: ExportRow, entryText: string): string | undefined {
  if (isSkipped(row)) return rowLine(row);
  return canonicalOf(row.reveal) === undefined ? undefined : entryLine(row, entryText);
}

/**
 * So many of the first positions may be empty, since their months were dropped by rule. What the header says of it is
 * not signed; the times of heads are.
 */
function expiredPlaces({ expiredBefore, head }: ExportHeader, heads: HeadChecks): number {
  const floor = timeOf(head.claims.at) - retentionFloorMs;
  return expiredBefore === null || timeOf(expiredBefore) > floor ? 0 : heads.sizeSoonAfter(expiredBefore);
}

function positions(from: number, to: number): string {
  return to - from === 1 ? `position ${from}` : `positions ${from} to ${to - 1}`;
}

/** The position that an unreadable row states, as far as it can be recognised. */
function statedPosition(text: string): number {
  return Number(/"position":(\d{1,15})\b/.exec(text)?.[1] ?? -1);
}

function statedName(text: string): string {
  const id = /"id":"(aud_[0-9A-Z]{1,26})"/.exec(text)?.[1];
  return id === undefined ? '' : ` (entry ${id})`;
}
