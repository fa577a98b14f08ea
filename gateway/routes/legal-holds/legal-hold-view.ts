import type { LegalHoldView } from '#domain/person/legal-hold.schema.ts';
import type { LegalHold } from '#stores/person/legal-holds.ts';

/** The subjects in a hold, whose names are needed to show it. */
export function subjectsOf({ subject, placedBy, releasedBy }: LegalHold): string[] {
  return [subject, placedBy, releasedBy].filter((name) => name !== null);
}

/** A hold with its people by user id, unless they were erased. */
export function legalHoldView(hold: LegalHold, userIds: ReadonlyMap<string, string>): LegalHoldView {
  const person = (subject: string) => userIds.get(subject) ?? `erased:${subject}`;
  return {
    id: hold.id,
    user_id: hold.subject === null ? null : person(hold.subject),
    from: hold.from,
    to: hold.to,
    reason: hold.reason,
    placed_by: person(hold.placedBy),
    placed_at: hold.placedAt,
    released_by: hold.releasedBy === null ? null : person(hold.releasedBy),
    released_at: hold.releasedAt,
  };
}
