import { useState } from 'preact/hooks';
import { getCanary, getPolicy, listPolicyVersions } from '#domain/policy/calls.ts';
import type { PolicyView } from '#domain/policy/change.schema.ts';
import { useAsked } from '../api/use-asked.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { Problem } from '../design/problem.tsx';
import { agoWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { DeskProps } from '../desk-props.ts';
import { hashOf } from '../navigation/place.ts';
import { CanaryBadge } from './canary-badge.tsx';
import { CanaryPeople } from './canary-people.tsx';
import { DiffForm } from './diff-form.tsx';
import { activeOf, newestOf } from './known-policies.ts';
import { mayChange } from './may-change.ts';
import { mayGoAhead } from './may-go-ahead.ts';
import { PolicyContent } from './policy-content.tsx';
import { domainWords, scopeWords, standingWords, statusWords } from './policy-words.ts';
import { type PolicyWork, PolicyWorkForm } from './policy-work-form.tsx';
import { UnprovenBadge } from './unproven-badge.tsx';
import { VersionList } from './version-list.tsx';

/** One policy: what it says, its history, and the ways to change it. */
export function PolicyPage({ id, ...desk }: DeskProps & { id: string }) {
  const { api, live, who, announce } = desk;
  const [shown, setShown] = useState<number>();
  const [work, setWork] = useState<PolicyWork>();
  const { answer, failure, again } = useAsked(
    async () => {
      const params = { id };
      const [{ answer: newest, etag }, { versions }] = await Promise.all([
        api.tagged(getPolicy, { params }),
        api(listPolicyVersions, { params }),
      ]);
      const isAhead = versions.some(({ canary }) => canary !== undefined);
      // Only people who may change the policy learn who they are; everybody else sees a number on the version.
      const canary =
        isAhead && mayChange(who, newest.scope)
          ? await api(getCanary, { params }).catch(() => undefined)
          : undefined;
      return { newest, etag, versions, canary };
    },
    { about: id, live },
  );

  function done(current: PolicyView): void {
    announce(`${current.name}, version ${current.version}: ${standingWords(current)}`);
    setWork(undefined);
    setShown(current.version);
    focusHeading();
    again();
  }

  function take(next: PolicyWork): void {
    setWork(next);
    setShown(next.kind === 'end' ? undefined : next.version);
  }

  const versions = answer?.versions ?? [];
  const policy =
    versions.find(({ version }) => version === shown) ?? activeOf(versions) ?? newestOf(versions);
  const isMine = policy !== undefined && mayChange(who, policy.scope);
  return (
    <section class="column" aria-labelledby="page-title">
      <p class="small">
        <a href={hashOf({ page: 'policies' })}>Policies</a>
      </p>
      <h1 id="page-title" tabIndex={-1} class="outside">
        {policy?.name ?? 'Policy'}
      </h1>
      {failure && <Problem failure={failure} />}
      {answer && policy && (
        <>
          <article class="panel" aria-label={`Version ${policy.version}`}>
            <p class="row">
              <strong>Version {policy.version}</strong>
              <Badge {...statusWords(policy.status)} />
              <CanaryBadge canary={policy.canary} />
              <UnprovenBadge unproven={policy.unproven} />
            </p>
            <PolicyFacts policy={policy} />
            <PolicyContent policy={policy} />
            {isMine && work === undefined && !policy.unproven && answer.newest.status !== 'deprecated' && (
              <Ways newest={answer.newest} shown={policy} onWork={take} />
            )}
          </article>
          {work && (
            <PolicyWorkForm
              key={JSON.stringify(work)}
              {...desk}
              work={work}
              policy={policy}
              newest={answer.newest}
              canary={answer.canary}
              etag={answer.etag}
              onDone={done}
              onStale={again}
              onCancel={() => {
                setWork(undefined);
                focusHeading();
              }}
            />
          )}
          {answer.canary && answer.canary.version !== null && (
            <CanaryPeople
              version={answer.canary.version}
              userIds={answer.canary.user_ids}
              isBusy={work !== undefined}
              onWork={take}
            />
          )}
          <VersionList
            versions={versions}
            shown={policy.version}
            mayChange={isMine}
            onShow={setShown}
            onActivate={(version) => take({ kind: 'activate', version })}
            onCanary={(version) => take({ kind: 'canary', version })}
            onRollback={(version) => take({ kind: 'rollback', version })}
          />
          {versions.length > 1 && <DiffForm versions={versions} api={api} live={live} />}
        </>
      )}
    </section>
  );
}

function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus();
}

function PolicyFacts({ policy }: { policy: PolicyView }) {
  return (
    <Facts
      facts={[
        ['About', domainWords(policy.domain).word],
        ['Holds for', scopeWords(policy.scope)],
        ['Made', <When at={policy.created_at} words={agoWords} />],
        ['By', policy.created_by],
        ['Why', policy.change_reason],
        ['Policy', <code>{policy.id}</code>],
      ]}
    />
  );
}

interface WaysProps {
  newest: PolicyView;
  shown: PolicyView;
  onWork: (work: PolicyWork) => void;
}

function Ways({ newest, shown, onWork }: WaysProps) {
  return (
    <div class="row">
      {shown.status === 'draft' && (
        <button
          type="button"
          class="primary"
          onClick={() => onWork({ kind: 'activate', version: shown.version })}
        >
          Put in force
        </button>
      )}
      {mayGoAhead(shown) && (
        <button type="button" onClick={() => onWork({ kind: 'canary', version: shown.version })}>
          Try it with a few people
        </button>
      )}
      <button type="button" onClick={() => onWork({ kind: 'edit', version: newest.version })}>
        Edit
      </button>
      <button type="button" class="danger" onClick={() => onWork({ kind: 'end' })}>
        End this policy
      </button>
    </div>
  );
}
