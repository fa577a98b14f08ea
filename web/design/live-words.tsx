import { useCallback, useState } from 'preact/hooks';

interface Spoken {
  words: string;
  /** Counts, so that the same words twice are two messages. */
  n: number;
}

/** Announces something to people who can't see the page change; returns the place and the function that announces. */
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
