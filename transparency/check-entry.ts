import { canonicalOf } from './json-of.ts';
import { commitmentTo, leafHashOfText, type Reveal } from './leaf.ts';

interface ShownEntry {
  /** What was hashed, as it is shown. */
  entry: Readonly<Record<string, unknown>>;
  /** Hash that the tree is proved to hold. */
  leafHash: string;
  reveal: Reveal | null;
  closed: 'erased' | 'unreadable' | null;
}

/** What is wrong with an entry beside its recorded hash; `undefined` when it is the one that was recorded. */
export function entryProblem({ entry, leafHash, reveal, closed }: ShownEntry): string | undefined {
  const text = canonicalOf(entry);
  if (text === undefined || leafHashOfText(text) !== leafHash) return 'it is not the entry that was recorded';
  const { personal } = entry;
  if (personal === undefined) return reveal === null ? undefined : 'it says more than was recorded';
  if (reveal === null)
    return closed === 'erased'
      ? undefined
      : 'person and deed are gone, and nothing says that they were erased';
  return commitmentTo(reveal) === personal
    ? undefined
    : 'it is another person or another deed than was recorded';
}
