import type { ComponentChildren } from 'preact';

/** Pairs of term and description; those without a description are left out. */
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
