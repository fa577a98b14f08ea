export type Tone = 'quiet' | 'busy' | 'wait' | 'good' | 'bad';

/** A state in one or two words; the colour only repeats what the words say. */
export function Badge({ word, tone }: { word: string; tone: Tone }) {
  return <span class={`badge ${tone}`}>{word}</span>;
}
