import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { z } from 'zod';

const entryShape = z.strictObject({
  /** From 1, without gaps. */
  seq: z.int(),
  /** ISO 8601, UTC: when the provider answered. */
  time: z.iso.datetime(),
  method: z.string(),
  path: z.string(),
  status: z.int(),
  /** SHA-256 of the request's body, hex. */
  bodyDigest: z.string(),
  /** Our mark in the body, if there is one. */
  marker: z.string().nullable(),
  /** Bodies of writes are stored: the world is rebuilt from them after a restart. */
  body: z.string().nullable(),
});

export type LedgerEntry = z.infer<typeof entryShape>;

export interface Ledger {
  entries(): readonly LedgerEntry[];
  /** The entry is on disk when it returns. */
  append(call: { method: string; path: string; status: number; body: string }): LedgerEntry;
}

export function isWrite(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** The calls that really reached the provider, in order: JSON lines in a file that only grows. */
export function openLedger(file: string, markerOf: (body: string) => string | null = () => null): Ledger {
  const entries = existsSync(file) ? readEntries(file) : [];
  return {
    entries: () => [...entries],
    append({ method, path, status, body }) {
      const entry: LedgerEntry = {
        seq: entries.length + 1,
        time: new Date().toISOString(),
        method,
        path,
        status,
        bodyDigest: createHash('sha256').update(body).digest('hex'),
        marker: markerOf(body),
        body: isWrite(method) ? body : null,
      };
      appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      entries.push(entry);
      return entry;
    },
  };
}

/** Drops a line that a crash cut short: its call was never answered, and the provider has forgotten it. */
function readEntries(file: string): LedgerEntry[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const lines = whole.split('\n').filter((line) => line !== '');
  return lines.map((line) => entryShape.parse(JSON.parse(line)));
}
