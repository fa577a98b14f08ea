import { Problem } from './design/problem.tsx';
import { Desk } from './desk.tsx';
import { PageLinks } from './navigation/page-links.tsx';
import { usePlace } from './navigation/use-place.ts';
import { SessionEnded, SignIn } from './session/sign-in.tsx';
import { useSession } from './session/use-session.ts';
import { WhoBar } from './session/who-bar.tsx';

/** The whole page: who is there decides what is shown. */
export function App() {
  const { session, api, look, signOut } = useSession();
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
      return (
        <>
          <WhoBar who={session.who} signOut={signOut} />
          <PageLinks who={session.who} place={place} />
          {session.kind === 'expired' && <SessionEnded />}
          <Desk
            key={`${session.who.tenantId}/${session.who.userId}`}
            api={api}
            live={session.kind === 'signed_in'}
            who={session.who}
            place={place}
          />
        </>
      );
  }
}
