import { useEffect, useState } from 'preact/hooks';
import { asFailure, type Failure } from './failure.ts';

export interface Asked<Answer> {
  /** The last answer; `undefined` before the first. */
  answer: Answer | undefined;
  failure: Failure | undefined;
  /** Is a question under way? */
  asking: boolean;
  /** Asks again; the old answer is shown until the new one is here. */
  again: () => void;
}

interface Known<Answer> {
  about: string;
  answer: Answer | undefined;
  failure: Failure | undefined;
}

/**
 * Asks once, and again when `about` changes, which drops the answer. Does not ask while `live` is false. Only the
 * answer to the newest question counts.
 */
export function useAsked<Answer>(
  ask: () => Promise<Answer>,
  { about, live }: { about: string; live: boolean },
): Asked<Answer> {
  const [known, setKnown] = useState<Known<Answer>>({ about, answer: undefined, failure: undefined });
  const [asking, setAsking] = useState(live);
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (!live) return;
    let left = false;
    setAsking(true);
    const take = (answer: Answer | undefined, failure: Failure | undefined) => {
      if (left) return;
      setKnown((before) => ({
        about,
        answer: answer ?? (before.about === about ? before.answer : undefined),
        failure,
      }));
      setAsking(false);
    };
    ask().then(
      (answer) => take(answer, undefined),
      (thrown: unknown) => take(undefined, asFailure(thrown)),
    );
    return () => {
      left = true;
    };
  }, [about, live, round]);

  const isCurrent = known.about === about;
  return {
    answer: isCurrent ? known.answer : undefined,
    failure: isCurrent ? known.failure : undefined,
    asking,
    again: () => setRound((now) => now + 1),
  };
}
