import type { LegalHoldView } from '#domain/person/legal-hold.schema.ts';
import { plainLine } from '../terminal-text.ts';
import { textTable } from './table.ts';

export function holdListText(holds: readonly LegalHoldView[], width: number | undefined): string {
  if (holds.length === 0) return 'No legal holds.';
  return textTable({
    head: ['ID', 'STATE', 'FROM', 'TO', 'USER', 'REASON'],
    rows: holds.map((hold) => [
      hold.id,
      hold.released_at === null ? 'holds' : 'over',
      hold.from?.slice(0, 10) ?? '',
      hold.to?.slice(0, 10) ?? '',
      hold.user_id ?? '(everybody)',
      hold.reason,
    ]),
    width,
  });
}

export function holdText({ id, user_id: user, from, to, released_at: released }: LegalHoldView): string {
  const whose = user === null ? 'everybody' : plainLine(user);
  if (released !== null) return `Hold ${plainLine(id)} on the data of ${whose} is over.`;
  return `Hold ${plainLine(id)} keeps the data of ${whose}, from ${from ?? 'the beginning'} to ${to ?? 'further notice'}.`;
}
