import { useCallback, useState } from 'preact/hooks';

interface Spoken {
  words: string;
  /** Twice the same words are two messages. */
  n: number;
}

/** Something to say to people who don't see the page change, and the function that says it. */
export function useLiveWords(): [spoken: Spoken, announce: (words: string) => void] {
  const [spoken, setSpoken] = useState<Spoken>({ words: '', n: 0 });
  const announce = useCallback((words: string) => setSpoken((last) => ({ words, n: last.n + 1 })), []);
  return [spoken, announce];
}

export function LiveWords({ spoken }: { spoken: Spoken }) {
  return (
    <div class="unseen" role="status">
      <p key={spoken.n}>{spoken.words}</p>
    </div>
  );
}
