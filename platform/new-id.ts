import { ulid } from 'ulid';
import { type IdKind, idPrefixes } from '#domain/ids.ts';

/** A new time-sortable id, for example `req_01J…`. */
export function newId(kind: IdKind): string {
  return `${idPrefixes[kind]}_${ulid()}`;
}
