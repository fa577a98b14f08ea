import { z } from 'zod';
import { CodedError } from '#domain/error.ts';
import { isId } from '#domain/ids.ts';
import type { AuditPosition } from '#stores/audit/entries.ts';

const position = z.tuple([z.iso.datetime({ precision: 3 }), z.string().refine((id) => isId('audit', id))]);

/** Where a page of audit entries ended, as an opaque text that callers send back. */
export function auditCursor({ timestamp, id }: AuditPosition): string {
  return Buffer.from(JSON.stringify([timestamp, id])).toString('base64url');
}

/** Throws `INVALID_REQUEST` for a text that `auditCursor` did not make. */
export function positionOf(cursor: string): AuditPosition {
  try {
    const [timestamp, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { timestamp, id };
  } catch (cause) {
    throw new CodedError('INVALID_REQUEST', {
      message: 'The cursor is not one of ours.',
      detail: { field: 'cursor' },
      cause,
    });
  }
}
