import { useMemo } from 'preact/hooks';
import type { Api } from './api/client.ts';
import type { UserInfo } from './api/types.ts';
import { ApprovalList } from './approvals/approval-list.tsx';
import { LiveWords, useLiveWords } from './design/live-words.tsx';
import { Problem } from './design/problem.tsx';
import { RequestList } from './requests/request-list.tsx';
import { createDrafts } from './session/drafts.ts';
import { decidesForOthers } from './session/role-words.ts';
import { SessionEnded, SignIn } from './session/sign-in.tsx';
import { useSession } from './session/use-session.ts';
import { WhoBar } from './session/who-bar.tsx';

/** The whole page: who is there decides what is shown. */
export function App() {
  const { session, api, look, signOut } = useSession();
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
          {session.kind === 'expired' && <SessionEnded />}
          <Desk
            key={`${session.who.tenantId}/${session.who.userId}`}
            api={api}
            live={session.kind === 'signed_in'}
            who={session.who}
          />
        </>
      );
  }
}

/** One person's desk; another person gets a new one. */
function Desk({ api, live, who }: { api: Api; live: boolean; who: UserInfo }) {
  const [spoken, announce] = useLiveWords();
  const drafts = useMemo(
    () => createDrafts({ storage: sessionStorage, tenantId: who.tenantId, userId: who.userId }),
    [],
  );
  const decides = decidesForOthers(who);
  return (
    <main class={decides ? 'desk two' : 'desk'}>
      <h1 class="unseen">Your desk</h1>
      <RequestList api={api} live={live} drafts={drafts} announce={announce} />
      {decides && (
        <ApprovalList api={api} live={live} drafts={drafts} userId={who.userId} announce={announce} />
      )}
      <LiveWords spoken={spoken} />
    </main>
  );
}
