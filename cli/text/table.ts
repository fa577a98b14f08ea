import Table from 'cli-table3';
import { plainLine } from '../terminal-text.ts';

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

interface TableOptions {
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** Columns of the terminal: the last column is cut to fit. `undefined`: nothing is cut. */
  width: number | undefined;
}

/** Rows under headings, one line each, without borders, so that a script can cut it too. */
export function textTable({ head, rows, width }: TableOptions): string {
  const cells = [head, ...rows].map((row) => row.map(plainLine));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  const last = width === undefined ? undefined : Math.max(10, width - before);
  const table = new Table({
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    truncate: '…',
  });
  for (const row of cells)
    table.push(row.map((cell, column) => fit(cell, column === row.length - 1 ? last : undefined)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function fit(cell: string, width: number | undefined): string {
  return width !== undefined && cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
}
