import type { LegalHoldView } from '#domain/person/legal-hold.schema.ts';
import type { LegalHold } from '#stores/person/legal-holds.ts';

/** Subjects of a hold that a name is needed for. */
export function subjectsOf({ subject, placedBy, releasedBy }: LegalHold): string[] {
  return [subject, placedBy, releasedBy].filter((name) => name !== null);
}

/** A hold with its people by user id, where they still have one. */
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
