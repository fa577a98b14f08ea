import { useRef, useState } from 'preact/hooks';
import type { TenantView } from '#domain/tenant/tenant.schema.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { ReasonForm } from '../design/reason-form.tsx';
import { agoWords, timeWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { DeskProps } from '../desk-props.ts';
import { TenantCounts } from './tenant-counts.tsx';
import { type TenantStep, tenantSteps } from './tenant-steps.ts';
import { stepsFor, stepWords, tenantWords } from './tenant-words.ts';

interface TenantCardProps extends Pick<DeskProps, 'api' | 'drafts' | 'announce'> {
  tenant: TenantView;
  /** The operator's own tenant: nobody could resume it. */
  isOwn: boolean;
  onChanged: () => void;
}

/** One tenant: what it is, its status, and what can be done with it. */
export function TenantCard({ tenant, isOwn, api, drafts, announce, onChanged }: TenantCardProps) {
  const [step, setStep] = useState<TenantStep>();
  const card = useRef<HTMLElement>(null);

  /** The form is gone, and the focus with it. */
  function close(): void {
    setStep(undefined);
    card.current?.focus();
  }

  async function take(chosen: TenantStep, reason: string): Promise<void> {
    const current = await api(tenantSteps[chosen], { params: { id: tenant.id }, body: { reason } });
    announce(`${tenant.name}: ${tenantWords(current.status).word}`);
    close();
    onChanged();
  }

  const titleId = `tenant-${tenant.id}`;
  return (
    <article class="card body" aria-labelledby={titleId} ref={card} tabIndex={-1}>
      <p class="row">
        <strong class="outside" id={titleId}>
          {tenant.name}
        </strong>
        <Badge {...tenantWords(tenant.status)} />
      </p>
      <Facts
        facts={[
          ['Id', <code>{tenant.id}</code>],
          ['Domains', tenant.domains.join(', ')],
          ['Signs in at', tenant.oidc_issuer],
          ['Made', <When at={tenant.created_at} words={agoWords} />],
          ['Deletion due', tenant.delete_at && <When at={tenant.delete_at} words={timeWords} />],
        ]}
      />
      {tenant.status !== 'deleted' && <TenantCounts id={tenant.id} api={api} />}
      {step === undefined ? (
        <div class="row">
          {isOwn && <span class="small quiet">Your own tenant: nobody could resume it.</span>}
          {(isOwn ? [] : stepsFor(tenant.status)).map((one) => (
            <button
              key={one}
              type="button"
              class={stepWords(one).isDangerous ? 'danger' : ''}
              onClick={() => setStep(one)}
            >
              {stepWords(one).word}
            </button>
          ))}
        </div>
      ) : (
        <ReasonForm
          key={step}
          draft={`tenant:${tenant.id}:${step}`}
          title={`${stepWords(step).word} ${tenant.name}`}
          drafts={drafts}
          doIt={`${stepWords(step).word} ${tenant.id}`}
          isDangerous={stepWords(step).isDangerous}
          onDone={(reason) => take(step, reason)}
          onCancel={close}
        >
          <p>{stepWords(step).meaning}</p>
        </ReasonForm>
      )}
    </article>
  );
}
