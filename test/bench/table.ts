import { appendFileSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { inject } from 'vitest';

/** One line of the table on docs/benchmarks.md. */
export interface Row {
  measured: string;
  figure: string;
  /** What it is held against, of the same run. */
  baseline?: string;
  /** Figure over baseline, or as `measured` says. */
  ratio?: string;
  aim?: string;
}

/** Groups of rows, in the order of the page. */
const groups = ['decision', 'append', 'reload', 'growth', 'export', 'fairness', 'workflow'] as const;

export type Group = (typeof groups)[number];

/** Adds rows to the table of this run, which is printed at its end. */
export function addRows(group: Group, rows: readonly Row[]): void {
  appendFileSync(inject('benchTable'), rows.map((row) => `${JSON.stringify({ group, ...row })}\n`).join(''));
}

/** The rows of a run as Markdown, ready for docs/benchmarks.md. */
export function tableOf(file: string, { began, command }: { began: Date; command: string }): string {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => rowOf(JSON.parse(line)));
  const ordered = groups.flatMap((group) => rows.filter((row) => row['group'] === group));
  const columns = ['measured', 'figure', 'baseline', 'ratio', 'aim'];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `Taken on ${began.toISOString().slice(0, 10)} with \`${command}\`, on ${machine()}.`,
    '',
    line(columns.map((name) => (name === 'baseline' ? 'baseline of the same run' : name))),
    line(columns.map(() => '---')),
    ...ordered.map((row) => line(columns.map((name) => row[name] ?? ''))),
  ].join('\n');
}

export function ms(value: number): string {
  return value < 1 ? `${Math.round(value * 1_000)} µs` : `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`;
}

export function times(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)}×`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, Node ${process.versions.node}`;
}

function rowOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) throw new Error('a row of the table is an object');
  return Object.fromEntries(Object.entries(value).map(([name, cell]) => [name, String(cell)]));
}
