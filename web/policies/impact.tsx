import type { ImpactView } from '#domain/policy/impact.schema.ts';
import { Badge } from '../design/badge.tsx';
import { agoWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import { verdictWord } from '../requests/state-words.ts';
import { countWords, decisionWords, impactWords, kindsIn, personIn, windowWords } from './impact-words.ts';
import { levelInWords } from './policy-words.ts';

type Change = ImpactView['changes'][number];
type Said = Change['examples'][number]['before'];

/** Whom a change would have affected, had it been in force before: numbers, people and examples. */
export function Impact({ impact }: { impact: ImpactView }) {
  const kinds = kindsIn(impact.summary);
  return (
    <section class="body" aria-label="Impact">
      <p>
        Decided again, under the policies as they would be: {windowWords(impact.window)}.{' '}
        {kinds.length === 0 && <strong>None comes out differently.</strong>}
      </p>
      {kinds.length > 0 && (
        <ul class="lines" aria-label="What would be different">
          {kinds.map((kind) => (
            <li key={kind} class="row">
              <Badge {...impactWords(kind)} />
              <span>{countWords(impact.summary[kind])}</span>
            </li>
          ))}
        </ul>
      )}
      {impact.widening && (
        <div class="notice wait start">
          <p>
            <strong>It grants more than before.</strong>
          </p>
          {impact.widened.length > 0 && (
            <ul class="detail problems">
              {impact.widened.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      {impact.changes.length > 0 && (
        <ul class="lines" aria-label="Who is hit">
          {impact.changes.map((change) => (
            <li key={keyOf(change)}>
              <Hit change={change} />
            </li>
          ))}
        </ul>
      )}
      {impact.groups > impact.changes.length && (
        <p class="quiet">
          {impact.changes.length} of {impact.groups} are shown, those with most decisions.
        </p>
      )}
    </section>
  );
}

function Hit({ change }: { change: Change }) {
  return (
    <details>
      <summary>
        <span class="row">
          <Badge {...impactWords(change.kind)} />
          <span class="outside">{personIn(change.person)}</span>
          <code>{change.action}</code>
          <span class="quiet small">
            {change.connector}, {decisionWords(change.decisions)}
          </span>
        </span>
      </summary>
      <p class="small quiet outside">{change.person.org_unit}</p>
      <ul class="lines">
        {change.examples.map(({ decision_id, at, before, after }) => (
          <li key={decision_id} class="small">
            <p>
              <When at={at} words={agoWords} />: {verdictWord(before.decision)} →{' '}
              {verdictWord(after.decision)}
            </p>
            <p class="outside">Then: {saidWords(before)}</p>
            <p class="outside">Now: {saidWords(after)}</p>
            <p class="quiet">
              <code>{decision_id}</code>
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}

function keyOf({ before, after, person, action, connector }: Change): string {
  return [before, after, person.subject, action, connector].join(' ');
}

function saidWords({ reason, policy_name, policy_version, level }: Said): string {
  if (policy_name === null) return reason;
  return `${reason} (${policy_name}, version ${policy_version}, ${levelInWords(level)})`;
}
