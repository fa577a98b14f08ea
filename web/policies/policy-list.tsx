import { listPolicies } from '#domain/policy/calls.ts';
import { useAsked } from '../api/use-asked.ts';
import { Badge } from '../design/badge.tsx';
import { Problem } from '../design/problem.tsx';
import type { DeskProps } from '../desk-props.ts';
import { hashOf } from '../navigation/place.ts';
import { reachesOthers } from '../session/role-words.ts';
import { CanaryBadge } from './canary-badge.tsx';
import { byDomain, type KnownPolicy } from './known-policies.ts';
import { domainWords, scopeWords, statusWords } from './policy-words.ts';
import { ReviewSetting } from './review-setting.tsx';

/** Policies that hold for this person or are within their reach, domain by domain. */
export function PolicyList(desk: DeskProps) {
  const { api, live, who } = desk;
  const { answer, failure } = useAsked(() => api(listPolicies), { about: 'policies', live });
  return (
    <section class="column" aria-labelledby="page-title">
      <div class="row">
        <h1 id="page-title" tabIndex={-1}>
          Policies
        </h1>
        <span class="row end">
          <a class="button" href={hashOf({ page: 'explain' })}>
            Explain a decision
          </a>
          <a class="button" href={hashOf({ page: 'new_policy' })}>
            New policy
          </a>
        </span>
      </div>
      {failure && <Problem failure={failure} />}
      {answer?.policies.length === 0 && <p class="quiet">There are no policies for you to see.</p>}
      {answer &&
        byDomain(answer.policies).map(([domain, policies]) => (
          <section key={domain} class="panel" aria-labelledby={`domain-${domain}`}>
            <div>
              <h2 id={`domain-${domain}`}>{domainWords(domain).word}</h2>
              <p class="small quiet">{domainWords(domain).about}</p>
            </div>
            <ul class="lines">
              {policies.map((policy) => (
                <li key={policy.newest.id}>
                  <PolicyLine policy={policy} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      {answer && reachesOthers(who, 'policies.read') && <ReviewSetting {...desk} />}
      {answer && answer.total > answer.policies.length && (
        <p class="quiet">
          {answer.policies.length} of {answer.total}. The command line shows the rest:{' '}
          <code>openclaw policy list</code>
        </p>
      )}
    </section>
  );
}

function PolicyLine({ policy: { newest, active, ahead, unproven } }: { policy: KnownPolicy }) {
  const shown = active ?? newest;
  const isNewer = newest.version > shown.version;
  return (
    <>
      <p class="row">
        <a href={hashOf({ page: 'policy', id: newest.id })} class="outside">
          {shown.name}
        </a>
        <Badge {...statusWords(shown.status)} />
        {isNewer && <Badge word={`Version ${newest.version} is a draft`} tone="wait" />}
        <CanaryBadge canary={ahead?.canary} />
        {unproven && <Badge word="A version is unproven" tone="bad" />}
      </p>
      <p class="small quiet outside">
        {scopeWords(shown.scope)}, version {shown.version}
      </p>
    </>
  );
}
