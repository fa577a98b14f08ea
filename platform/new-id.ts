import { randomInt } from 'node:crypto';
import { encodeTime, monotonicFactory } from 'ulid';
import { type IdKind, idPrefixes } from '#domain/ids.ts';

/** Ordered even within one millisecond of one process; `randomInt` draws from a pool, not once per character. */
const ulid = monotonicFactory(() => randomInt(2 ** 32) / 2 ** 32);

/** A new time-sortable id, for example `req_01J…`. */
export function newId(kind: IdKind): string {
  return `${idPrefixes[kind]}_${ulid()}`;
}

/** Sorts before every id of that kind made from then on, and after every older one. */
export function idAtTime(kind: IdKind, at: Date): string {
  return `${idPrefixes[kind]}_${encodeTime(at.getTime(), 10)}${'0'.repeat(16)}`;
}
