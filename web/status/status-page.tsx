import { listProblems } from '#domain/status/calls.ts';
import { useAsked } from '../api/use-asked.ts';
import { useRepeated } from '../api/use-repeated.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { Problem } from '../design/problem.tsx';
import { timeWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { DeskProps } from '../desk-props.ts';

const refreshMs = 20_000;

/** What is wrong with the installation, as far as it concerns this admin's tenant. */
export function StatusPage({ api, live }: DeskProps) {
  const { answer, failure, again } = useAsked(() => api(listProblems), { about: 'status', live });
  useRepeated(async () => again(), refreshMs, live);
  const problems = answer?.problems ?? [];
  return (
    <section class="column" aria-labelledby="page-title">
      <h1 id="page-title" tabIndex={-1}>
        Status
      </h1>
      {failure && <Problem failure={failure} />}
      {answer && (
        <p class="row">
          <Badge
            word={problems.length === 0 ? 'Nothing wrong' : 'Needs attention'}
            tone={problems.length === 0 ? 'good' : 'bad'}
          />
          <span class="quiet small">
            Looked at <When at={answer.timestamp} words={timeWords} />. Shown is what concerns your tenant;
            the operator sees everything.
          </span>
        </p>
      )}
      <ul class="cards">
        {problems.map(({ part, tenant_id, problem }) => (
          <li key={`${part} ${tenant_id} ${problem}`}>
            <article class="card body" aria-label={`${part}: ${problem}`}>
              <p class="outside">{problem}</p>
              <Facts
                facts={[
                  ['Part', <code>{part}</code>],
                  ['Tenant', tenant_id ?? 'all'],
                ]}
              />
            </article>
          </li>
        ))}
      </ul>
    </section>
  );
}
