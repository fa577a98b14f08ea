import type { SessionView } from '#domain/person/session.schema.ts';
import { plainLine } from '../terminal-text.ts';
import { textTable } from './table.ts';

/** One line per browser session. */
export function sessionListText(sessions: readonly SessionView[], width: number | undefined): string {
  if (sessions.length === 0) return 'There is no browser session.';
  const rows = sessions.map((one) => [
    one.id,
    one.seen_at,
    one.expires_at,
    one.is_current ? 'this one' : '',
    plainLine(one.browser ?? ''),
  ]);
  return textTable({ head: ['ID', 'LAST USED', 'ENDS AT THE LATEST', '', 'BROWSER'], rows, width });
}
