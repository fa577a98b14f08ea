import { useEffect, useMemo, useReducer } from 'preact/hooks';
import { getUserinfo, postLogout } from '#domain/person/calls.ts';
import { type Api, createCallApi } from '../api/call-api.ts';
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

/** The person in front of the page; updated by every 401 that any call gets. */
export function useSession(): SessionHandle {
  const [session, tell] = useReducer(sessionAfter, { kind: 'loading' });
  const api = useMemo(
    () =>
      createCallApi({ fetch: (...call) => fetch(...call), onSessionEnded: () => tell({ kind: 'ended' }) }),
    [],
  );

  async function look(): Promise<void> {
    try {
      tell({ kind: 'known', who: await api(getUserinfo) });
    } catch (thrown) {
      tell({ kind: 'failed', failure: asFailure(thrown) });
    }
  }

  async function signOut(): Promise<void> {
    const { endSessionUrl } = await api(postLogout);
    const providersPage = providersPageAt(endSessionUrl);
    forgetDrafts(sessionStorage);
    tell({ kind: 'signed_out' });
    // Otherwise the next "Sign in" would let in whoever sits there, unasked.
    if (providersPage) location.assign(providersPage);
  }

  useEffect(() => void look(), []);

  // The person may have signed in again in another tab: this one notices when they come back to it.
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

/** The provider's page that ends its session too; `null` where it has none, or names something else than a page. */
function providersPageAt(address: string | null): URL | null {
  const url = URL.parse(address ?? '');
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}
