import type { ErasureView } from '#domain/person/user-data.schema.ts';
import { plainLine } from '../terminal-text.ts';

/** What was erased, what a legal hold keeps and why, or what it waits for. */
export function erasureText({
  id,
  user_id: userId,
  erased,
  held_back: held,
  open_requests: open,
}: ErasureView): string {
  const person = plainLine(userId);
  if (erased === null) {
    return [
      `${person} is erased as soon as these requests, theirs or with a vote of theirs, have ended; see \`openclaw user-data erasure ${plainLine(id)}\`.`,
      ...open.map((id) => `  ${plainLine(id)}`),
    ].join('\n');
  }
  const counts = Object.entries(erased).map(([what, count]) => `  ${what.replaceAll('_', ' ')}: ${count}`);
  const kept = held.map(({ what, count, why, hold_id: hold }) => {
    const many = count === null ? '' : ` (${count})`;
    return `  ${what}${many}: ${plainLine(why)}${hold === null ? '' : ` [${plainLine(hold)}]`}`;
  });
  return [`${person} was erased:`, ...counts, ...(kept.length === 0 ? [] : ['Held back:', ...kept])].join(
    '\n',
  );
}
