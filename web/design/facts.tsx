import type { ComponentChildren } from 'preact';

/** Term and description pairs, those without a description left out. */
export function Facts({ facts }: { facts: readonly (readonly [term: string, words: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts
        .filter(([, words]) => words !== null && words !== undefined && words !== '')
        .map(([term, words]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{words}</dd>
          </div>
        ))}
    </dl>
  );
}
