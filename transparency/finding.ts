/** What can be wrong with an export. */
export const findingKinds = {
  malformed: 'not what an export looks like',
  digest: 'not the bytes that were written',
  changed: 'not the entry that was recorded',
  detail_changed: 'another person or another deed than was recorded',
  destroyed: 'without person and deed, and nothing says that they were erased',
  missing: 'missing',
  repeated: 'there twice, out of order, or too many',
  foreign: 'of another tenant',
  back_dated: 'says that it is older than it can be',
  older_form: 'in the older form, which had ended by then',
  root: 'not the entries of the signed tree',
  head: 'not signed by a key that you trust',
  order: 'does not follow from the head before it',
  rolled_back: 'the tree is shorter than it was then',
  forked: 'the tree is not the one that you saw then',
  newer: 'newer than this export',
  uncovered: 'not comparable with this export, which leaves entries out',
} as const;

export type FindingKind = keyof typeof findingKinds;

export interface Finding {
  kind: FindingKind;
  /** What the finding is about: `entry aud_… at position 7`, `line 3`, `head 12`. */
  subject: string;
}

/** One line for people. */
export function findingText({ kind, subject }: Finding): string {
  return `${subject}: ${findingKinds[kind]}`;
}
