import { useState } from 'preact/hooks';
import { diffPolicy } from '#domain/policy/calls.ts';
import type { PolicyDiff, PolicyView } from '#domain/policy/change.schema.ts';
import { useAsked } from '../api/use-asked.ts';
import { SelectField } from '../design/field.tsx';
import { Problem } from '../design/problem.tsx';
import type { DeskProps } from '../desk-props.ts';
import { statusWords } from './policy-words.ts';
import { pathWords, valueWords } from './rule-words.ts';

interface DiffFormProps extends Pick<DeskProps, 'api' | 'live'> {
  /** Newest first, at least two. */
  versions: readonly PolicyView[];
}

/** The differences between two versions, place by place. */
export function DiffForm({ versions, api, live }: DiffFormProps) {
  const [newest, before] = versions;
  const [from, setFrom] = useState(before?.version ?? 1);
  const [to, setTo] = useState(newest?.version ?? 1);
  const id = newest?.id ?? '';
  const { answer, failure } = useAsked(() => api(diffPolicy, { params: { id }, query: { from, to } }), {
    about: `${id} ${from} ${to} ${newest?.version}`,
    live,
  });
  const options = versions.map(
    ({ version, status, unproven }) =>
      [
        String(version),
        `Version ${version}, ${statusWords(status).word}${unproven ? ', unproven' : ''}`,
      ] as const,
  );
  return (
    <section class="panel" aria-labelledby="diff-title">
      <h2 id="diff-title">Compare</h2>
      <div class="fields">
        <SelectField
          id="diff-from"
          label="From"
          value={String(from)}
          onValue={(value) => setFrom(Number(value))}
          options={options}
        />
        <SelectField
          id="diff-to"
          label="To"
          value={String(to)}
          onValue={(value) => setTo(Number(value))}
          options={options}
        />
      </div>
      {failure && <Problem failure={failure} />}
      {answer && <Differences diff={answer} />}
    </section>
  );
}

function Differences({ diff: { added, removed, changed } }: { diff: PolicyDiff }) {
  const lines = [
    ...changed.map(({ path, from, to }) => ({
      path,
      sign: 'Changed',
      words: `${valueWords(from, path)} → ${valueWords(to, path)}`,
    })),
    ...added.map(({ path, value }) => ({ path, sign: 'Added', words: valueWords(value, path) })),
    ...removed.map(({ path, value }) => ({ path, sign: 'Removed', words: valueWords(value, path) })),
  ];
  if (lines.length === 0) return <p class="quiet">Nothing is different.</p>;
  return (
    <ul class="lines" aria-label="Differences">
      {lines.map(({ path, sign, words }) => (
        <li key={`${sign} ${path} ${words}`}>
          <p class="outside">
            <strong>{sign}:</strong> {pathWords(path)}
          </p>
          <p class="outside">{words}</p>
        </li>
      ))}
    </ul>
  );
}
