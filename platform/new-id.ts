import { monotonicFactory } from 'ulid';
import { type IdKind, idPrefixes } from '#domain/ids.ts';

/** Also in order within one millisecond of one process. */
const ulid = monotonicFactory();

/** A new time-sortable id, for example `req_01J…`. */
export function newId(kind: IdKind): string {
  return `${idPrefixes[kind]}_${ulid()}`;
}
