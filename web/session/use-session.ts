import { useEffect, useMemo, useReducer } from 'preact/hooks';
import { type Api, createApi } from '../api/client.ts';
import { asFailure } from '../api/failure.ts';
import { forgetDrafts } from './drafts.ts';
import { type Session, sessionAfter } from './session.ts';

interface SessionHandle {
  session: Session;
  api: Api;
  look: () => Promise<void>;
  /** Throws `Failure`. */
  signOut: () => Promise<void>;
}

/** Who is in front of the page, kept true by every 401 that any call meets. */
export function useSession(): SessionHandle {
  const [session, tell] = useReducer(sessionAfter, { kind: 'loading' });
  const api = useMemo(
    () => createApi({ fetch: (...call) => fetch(...call), onSessionEnded: () => tell({ kind: 'ended' }) }),
    [],
  );

  async function look(): Promise<void> {
    try {
      tell({ kind: 'known', who: await api.whoAmI() });
    } catch (thrown) {
      tell({ kind: 'failed', failure: asFailure(thrown) });
    }
  }

  async function signOut(): Promise<void> {
    const providersPage = await api.signOut();
    forgetDrafts(sessionStorage);
    tell({ kind: 'signed_out' });
    // Else the next "Sign in" would let in whoever sits there, unasked.
    if (providersPage) location.assign(providersPage);
  }

  useEffect(() => void look(), []);

  // Signed in again in another tab: this one notices when somebody comes back to it.
  const away = session.kind !== 'signed_in';
  useEffect(() => {
    const comeBack = () => {
      if (away && !document.hidden) void look();
    };
    document.addEventListener('visibilitychange', comeBack);
    return () => document.removeEventListener('visibilitychange', comeBack);
  }, [away]);

  return { session, api, look, signOut };
}
