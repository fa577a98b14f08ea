import { postTenant } from '#domain/tenant/calls.ts';
import type { TenantView } from '#domain/tenant/tenant.schema.ts';
import { fieldProblems, problemsOf } from '../api/field-problems.ts';
import { TextField } from '../design/field.tsx';
import { SendForm } from '../design/send-form.tsx';
import { useSending } from '../design/use-sending.ts';
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
  const making = useSending();
  const problems = fieldProblems(making.failure?.detail);

  async function make(): Promise<void> {
    const given = { id: id.trim(), name: name.trim(), domains: domainsIn(domains) };
    const oidc_issuer = issuer.trim();
    const body = { ...given, ...(oidc_issuer === '' ? {} : { oidc_issuer }) };
    onMade(await api(postTenant, { body }));
    for (const clear of [setId, setName, setDomains, setIssuer]) clear('');
  }

  return (
    <SendForm {...making} label="New tenant" doIt="Create tenant" onSend={make}>
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
    </SendForm>
  );
}
