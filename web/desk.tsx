import { ApprovalList } from './approvals/approval-list.tsx';
import { AuditEntryPage } from './audit/audit-entry-page.tsx';
import { AuditLog } from './audit/audit-log.tsx';
import { LiveWords, useLiveWords } from './design/live-words.tsx';
import type { DeskProps } from './desk-props.ts';
import type { Place } from './navigation/place.ts';
import { Explain } from './policies/explain.tsx';
import { NewPolicyPage } from './policies/new-policy-page.tsx';
import { PolicyList } from './policies/policy-list.tsx';
import { PolicyPage } from './policies/policy-page.tsx';
import { RequestList } from './requests/request-list.tsx';
import { decidesForOthers } from './session/role-words.ts';
import { SessionList } from './sessions/session-list.tsx';
import { StatusPage } from './status/status-page.tsx';
import { TenantList } from './tenants/tenant-list.tsx';

/** The pages of one person. */
export function Desk({ place, ...given }: Omit<DeskProps, 'announce'> & { place: Place }) {
  const [spoken, announce] = useLiveWords();
  const props: DeskProps = { ...given, announce };
  const isTwo = place.page === 'requests' && decidesForOthers(given.who);
  return (
    <main class={isTwo ? 'desk two' : place.page === 'requests' ? 'desk' : 'desk wide'}>
      <Page place={place} {...props} />
      <LiveWords spoken={spoken} />
    </main>
  );
}

function Page({ place, ...props }: DeskProps & { place: Place }) {
  switch (place.page) {
    case 'requests':
      return <Requests {...props} />;
    case 'policies':
      return <PolicyList {...props} />;
    case 'policy':
      return <PolicyPage key={place.id} id={place.id} {...props} />;
    case 'new_policy':
      return <NewPolicyPage {...props} />;
    case 'explain':
      return <Explain {...props} />;
    case 'audit':
      return <AuditLog filters={place.filters} {...props} />;
    case 'audit_entry':
      return <AuditEntryPage key={place.id} id={place.id} {...props} />;
    case 'sessions':
      return <SessionList {...props} />;
    case 'tenants':
      return <TenantList {...props} />;
    case 'status':
      return <StatusPage {...props} />;
  }
}

/** Ask, and decide what others asked for. */
function Requests({ api, live, who, drafts, announce }: DeskProps) {
  return (
    <>
      <h1 class="unseen" tabIndex={-1}>
        Your desk
      </h1>
      <RequestList api={api} live={live} drafts={drafts} announce={announce} />
      {decidesForOthers(who) && (
        <ApprovalList api={api} live={live} drafts={drafts} userId={who.userId} announce={announce} />
      )}
    </>
  );
}
