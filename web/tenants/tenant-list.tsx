import { useEffect } from 'preact/hooks';
import { listTenants } from '#domain/tenant/calls.ts';
import type { TenantView } from '#domain/tenant/tenant.schema.ts';
import { useAsked } from '../api/use-asked.ts';
import { useRepeated } from '../api/use-repeated.ts';
import { Problem } from '../design/problem.tsx';
import type { DeskProps } from '../desk-props.ts';
import { NewTenantForm } from './new-tenant-form.tsx';
import { TenantCard } from './tenant-card.tsx';

const refreshMs = 5_000;

/** Every tenant of the installation; for admins of the operator's tenant. */
export function TenantList({ api, live, who, drafts, announce, onTenants }: DeskProps) {
  const { answer, failure, again } = useAsked(() => api(listTenants), { about: 'tenants', live });
  const isRefused = failure?.code === 'forbidden';
  useEffect(() => {
    if (isRefused || answer) onTenants(!isRefused);
  }, [isRefused, answer]);

  // Every look is recorded, so it is repeated only while a tenant is being created.
  const isWaiting = answer?.tenants.some(({ status }) => status === 'provisioning') ?? false;
  useRepeated(async () => (isWaiting ? again() : undefined), refreshMs, live && isWaiting);

  function made(tenant: TenantView): void {
    announce(`${tenant.name} is being made.`);
    again();
  }

  return (
    <section class="column" aria-labelledby="page-title">
      <h1 id="page-title" tabIndex={-1}>
        Tenants
      </h1>
      {isRefused ? (
        <p>Tenants are managed by the admins of the operator's tenant. You are an admin of another one.</p>
      ) : (
        failure && <Problem failure={failure} />
      )}
      {answer && (
        <details class="panel">
          <summary>New tenant</summary>
          <NewTenantForm api={api} drafts={drafts} onMade={made} />
        </details>
      )}
      <ul class="cards">
        {answer?.tenants.map((tenant) => (
          <li key={tenant.id}>
            <TenantCard
              tenant={tenant}
              isOwn={tenant.id === who.tenantId}
              api={api}
              drafts={drafts}
              announce={announce}
              onChanged={again}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
