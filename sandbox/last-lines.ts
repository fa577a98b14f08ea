import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** The last `count` lines of a log of any size, indented; empty when there is none. */
export function lastLines(file: string, count: number): string {
  if (!existsSync(file)) return '';
  const descriptor = openSync(file, 'r');
  try {
    const size = fstatSync(descriptor).size;
    const buffer = Buffer.alloc(Math.min(size, 16_384));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8').trimEnd().split('\n').slice(-count);
    return lines.map((line) => `    ${line.slice(0, 400)}`).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
