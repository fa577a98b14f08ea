export type Tone = 'quiet' | 'busy' | 'wait' | 'good' | 'bad';

/** A state in one or two words; the colour only repeats the words. */
export function Badge({ word, tone }: { word: string; tone: Tone }) {
  return <span class={`badge ${tone}`}>{word}</span>;
}
