import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { UserInfo } from '#domain/person/session.schema.ts';
import { Problem } from './design/problem.tsx';
import { Desk } from './desk.tsx';
import type { DeskProps } from './desk-props.ts';
import { PageLinks } from './navigation/page-links.tsx';
import type { Place } from './navigation/place.ts';
import { usePlace } from './navigation/use-place.ts';
import { createDrafts } from './session/drafts.ts';
import type { Session } from './session/session.ts';
import { SessionChanged, SessionEnded, SignIn } from './session/sign-in.tsx';
import { useDraft } from './session/use-draft.ts';
import { useSession } from './session/use-session.ts';
import { WhoBar } from './session/who-bar.tsx';

/** The whole page: what it shows depends on who is there. */
export function App() {
  const { session, api, look, takeOver, signOut } = useSession();
  const place = usePlace();
  switch (session.kind) {
    case 'loading':
      return <p class="alone quiet">Loading…</p>;
    case 'signed_out':
      return <SignIn />;
    case 'unreachable':
      return (
        <main class="alone">
          <Problem failure={session.failure} />
          <button type="button" onClick={() => void look()}>
            Try again
          </button>
        </main>
      );
    case 'refused':
      return (
        <main class="alone">
          <Problem failure={session.failure} about="You are signed in, but not let in" />
          <button type="button" onClick={() => void signOut()}>
            Sign out
          </button>
        </main>
      );
    case 'signed_in':
    case 'expired':
    case 'changed':
      return (
        <SignedIn
          key={`${session.who.tenantId}/${session.who.userId}`}
          api={api}
          live={session.kind === 'signed_in'}
          who={session.who}
          place={place}
          notice={noticeOf(session, takeOver)}
          signOut={signOut}
        />
      );
  }
}

/** Why a person's page stands still; nothing while it doesn't. */
function noticeOf(session: Session, takeOver: (other: UserInfo) => void): ComponentChildren {
  if (session.kind === 'expired') return <SessionEnded />;
  if (session.kind !== 'changed') return null;
  return <SessionChanged who={session.who} other={session.other} takeOver={takeOver} />;
}

interface SignedInProps extends Pick<DeskProps, 'api' | 'live' | 'who'> {
  place: Place;
  notice: ComponentChildren;
  signOut: () => Promise<void>;
}

/** One person's page; another person gets a new one. */
function SignedIn({ api, live, who, place, notice, signOut }: SignedInProps) {
  const { tenantId, userId } = who;
  const drafts = useMemo(() => createDrafts({ storage: sessionStorage, tenantId, userId }), []);
  const [refused, setRefused] = useDraft(drafts, 'tenants:refused');
  return (
    <>
      <WhoBar who={who} signOut={signOut} />
      <PageLinks who={who} place={place} tenantsRefused={refused !== ''} />
      {notice}
      <Desk
        api={api}
        live={live}
        who={who}
        place={place}
        drafts={drafts}
        onTenants={(areTheirs) => setRefused(areTheirs ? '' : 'yes')}
      />
    </>
  );
}
