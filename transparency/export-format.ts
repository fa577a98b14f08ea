import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import type { Leaf, Reveal } from './leaf.ts';
import type { KeyStatement, TreeHead } from './statement.ts';

export const exportFormat = 'openclaw-audit-export/1';

/** First line of an export (docs/audit-format.md). */
export interface ExportHeader {
  format: typeof exportFormat;
  tenantId: string;
  /** ISO 8601, milliseconds, UTC; as `expiredBefore`. */
  exportedAt: string;
  /** The filters of the export; empty = everything. */
  filters: Readonly<Record<string, string>>;
  /** The tree to which the rows belong. */
  head: TreeHead;
  /** Earlier heads, oldest first: the last of each day, and the first that covers everything expired. */
  heads: readonly TreeHead[];
  /** Statements that introduce the keys, oldest first. */
  keys: readonly KeyStatement[];
  /** Rows of months before this were dropped; only their hashes are left. */
  expiredBefore: string | null;
  /** Number of entries that had no place yet and are not included. */
  unsealed: number;
}

/** An entry at its place in the tree. */
export interface EntryRow {
  entry: Leaf;
  leafHash: string;
  position: number;
  /** What opens the commitment: `null` for an erased person, and in the older form, which needs none. */
  reveal: Reveal | null;
}

/** A complete subtree of 2^`level` leaves from `position` on, none of which is exported. */
export interface SkippedRow {
  hash: string;
  level: number;
  position: number;
}

export type ExportRow = EntryRow | SkippedRow;

// Every line is canonical JSON except for what joins the lines to one document, so that no byte of it can vary.
const rowsBegin = ',"rows":[';
const closing = /^\],"sha256":"([0-9a-f]{64})"\}$/;

export function headerLine(header: ExportHeader): string {
  return `{"header":${canonicalJson(header)}${rowsBegin}`;
}

export function rowLine(row: ExportRow): string {
  return isSkipped(row) ? canonicalJson(row) : entryLine(row, canonicalJson(row.entry));
}

/** Canonical JSON too, made with the text of the entry that the caller already has. */
export function entryLine({ leafHash, position, reveal }: EntryRow, entryText: string): string {
  return `{"entry":${entryText},"leafHash":"${leafHash}","position":${position},"reveal":${canonicalJson(reveal)}}`;
}

/** `sha256` covers every byte before this line. */
export function closingLine(sha256: string): string {
  return `],"sha256":"${sha256}"}`;
}

export function headerTextOf(line: string): string | undefined {
  const begin = '{"header":';
  return line.startsWith(begin) && line.endsWith(rowsBegin)
    ? line.slice(begin.length, -rowsBegin.length)
    : undefined;
}

export function sha256OfClosing(line: string): string | undefined {
  return closing.exec(line)?.[1];
}

export function isSkipped(row: ExportRow): row is SkippedRow {
  return !('entry' in row);
}

/** Filters can leave out entries anywhere; they are not signed. */
export function isFiltered({ filters }: ExportHeader): boolean {
  return Object.keys(filters).length > 0;
}
