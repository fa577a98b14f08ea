import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { asFailure, type Failure } from '../api/failure.ts';
import { fieldProblems, problemsOf } from '../api/field-problems.ts';
import type { TenantView } from '../api/types.ts';
import { TextField } from '../design/field.tsx';
import { Problem } from '../design/problem.tsx';
import type { DeskProps } from '../desk-props.ts';
import { useDraft } from '../session/use-draft.ts';
import { domainsIn } from './domains-in.ts';

interface NewTenantFormProps extends Pick<DeskProps, 'api' | 'drafts'> {
  onMade: (tenant: TenantView) => void;
}

/** A new tenant: name and id are enough. */
export function NewTenantForm({ api, drafts, onMade }: NewTenantFormProps) {
  const [id, setId] = useDraft(drafts, 'tenant:new:id');
  const [name, setName] = useDraft(drafts, 'tenant:new:name');
  const [domains, setDomains] = useDraft(drafts, 'tenant:new:domains');
  const [issuer, setIssuer] = useDraft(drafts, 'tenant:new:issuer');
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const problems = fieldProblems(failure?.detail);

  async function make(): Promise<void> {
    if (sending) return;
    setSending(true);
    setFailure(undefined);
    try {
      const given = { id: id.trim(), name: name.trim(), domains: domainsIn(domains) };
      const oidc_issuer = issuer.trim();
      onMade(await api.tenants.create({ ...given, ...(oidc_issuer === '' ? {} : { oidc_issuer }) }));
      for (const clear of [setId, setName, setDomains, setIssuer]) clear('');
    } catch (thrown) {
      setFailure(asFailure(thrown));
    } finally {
      setSending(false);
    }
  }

  function submit(event: TargetedSubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    void make();
  }

  return (
    <form class="body" aria-label="New tenant" onSubmit={submit} noValidate>
      <TextField
        id="tenant-id"
        label="Id"
        hint="Lower-case letters, digits and hyphens. It can't be changed later."
        text={id}
        onText={setId}
        problems={problemsOf(problems, 'id')}
      />
      <TextField
        id="tenant-name"
        label="Name"
        text={name}
        onText={setName}
        problems={problemsOf(problems, 'name')}
      />
      <TextField
        id="tenant-domains"
        label="Domains"
        hint="Several with commas between them; none is fine."
        text={domains}
        onText={setDomains}
        problems={problemsOf(problems, 'domains')}
      />
      <TextField
        id="tenant-issuer"
        label="Identity provider"
        hint="Address of its issuer, where the tenant has one of its own."
        type="url"
        text={issuer}
        onText={setIssuer}
        problems={problemsOf(problems, 'oidc_issuer')}
      />
      <div class="row">
        <button type="submit" class="primary" aria-disabled={sending}>
          Create tenant
        </button>
        {sending && <span class="quiet">Sending…</span>}
      </div>
      {failure && <Problem failure={failure} />}
    </form>
  );
}
