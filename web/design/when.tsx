import { useEffect, useState } from 'preact/hooks';

interface WhenProps {
  /** ISO 8601. */
  at: string;
  /** How to word it, given the current time in milliseconds. */
  words: (at: string, relativeToMs: number) => string;
}

const tickMs = 20_000;

/** A time in words that stay true, with the exact time on hover and for machines. */
export function When({ at, words }: WhenProps) {
  // The clock is read on each render: what came with the last answer may be younger than the last tick.
  const [, setTicks] = useState(0);
  useEffect(() => {
    const tick = setInterval(() => setTicks((before) => before + 1), tickMs);
    return () => clearInterval(tick);
  }, []);
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {words(at, Date.now())}
    </time>
  );
}
