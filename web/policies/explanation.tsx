import type { PolicyEvaluation } from '#domain/policy/explain.schema.ts';
import { governedDomains } from '#domain/policy/rules.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { hashOf } from '../navigation/place.ts';
import { roleWord } from '../session/role-words.ts';
import { byStrictness, evaluationWords, sayings } from './evaluation-words.ts';
import { domainWords, levelInWords, scopeWords } from './policy-words.ts';

type Part = PolicyEvaluation['explanation'][number];

/** The answer, and what each domain and each level said. */
export function Explanation({ answer }: { answer: PolicyEvaluation }) {
  const { decision, reason, person, explanation, constraints } = answer;
  return (
    <section class="column" aria-label="Answer">
      <div class="panel">
        <p class="row">
          <Badge {...evaluationWords(decision)} />
          <span class="outside">{reason}</span>
        </p>
        <Facts
          facts={[
            ['Person', `${person.user_id}, ${roleWord(person.role).toLowerCase()} in ${person.org_unit}`],
            ['On condition', sayings(scalars(constraints)).join(', ')],
          ]}
        />
      </div>
      {byStrictness(explanation).map((part) => (
        <DomainPart key={part.domain} part={part} />
      ))}
    </section>
  );
}

function DomainPart({ part }: { part: Part }) {
  const { domain, decision, reason, decided_by: by, levels, effective, would_change: others } = part;
  const known = governedDomains.find((one) => one === domain);
  return (
    <article class="panel" aria-label={known === undefined ? domain : domainWords(known).word}>
      <p class="row">
        <strong>{known === undefined ? domain : domainWords(known).word}</strong>
        <Badge {...evaluationWords(decision)} />
      </p>
      <p class="outside">{reason}</p>
      <Facts
        facts={[
          [
            'Decided by',
            by && (
              <>
                <a href={hashOf({ page: 'policy', id: by.policy_id })}>{by.policy_name}</a>, version{' '}
                {by.policy_version}, {levelInWords(by.level)}
              </>
            ),
          ],
          ['Rule', part.rule === null ? '' : <code>{JSON.stringify(part.rule)}</code>],
          ['In the end', said(sayings(effective))],
        ]}
      />
      {levels.length > 0 && (
        <ol class="lines" aria-label="What each level says">
          {levels.map((level) => (
            <li key={`${level.level} ${level.org_unit} ${level.policy_id}`} class="small">
              <p>
                <strong>{scopeWords({ level: level.level, org_unit: level.org_unit, user_id: null })}</strong>
                {level.policy_name !== null && (
                  <span class="outside">
                    {' '}
                    {level.policy_name}, version {level.policy_version}
                  </span>
                )}
              </p>
              {said(sayings(level.says)) ?? <p class="quiet">says nothing of it</p>}
              {level.policy_name !== null && grants(sayings(level.may_grant))}
            </li>
          ))}
        </ol>
      )}
      {others.length > 0 && (
        <>
          <h3>What would change it</h3>
          <ul class="problems">
            {others.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}

/** Several sentences, each on its own line. */
function said(sentences: readonly string[]) {
  if (sentences.length === 0) return null;
  return sentences.map((one) => (
    <p key={one} class="outside">
      {one}
    </p>
  ));
}

function grants(sentences: readonly string[]) {
  if (sentences.length === 0) return null;
  return (
    <details>
      <summary class="quiet">Levels below may set, at most</summary>
      {said(sentences)}
    </details>
  );
}

/** Values that fit on a line. */
function scalars(values: PolicyEvaluation['constraints']): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : JSON.stringify(value),
    ]),
  );
}
