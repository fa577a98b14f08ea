import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { getUserinfo, postLogout } from '#domain/person/calls.ts';
import type { UserInfo } from '#domain/person/session.schema.ts';
import { type Api, createCallApi } from '../api/call-api.ts';
import { asFailure } from '../api/failure.ts';
import { forgetDrafts } from './drafts.ts';
import { isSamePerson, type Session, sessionAfter } from './session.ts';

interface SessionHandle {
  session: Session;
  api: Api;
  look: () => Promise<void>;
  /** Shows the page of whoever signed in meanwhile. */
  takeOver: (other: UserInfo) => void;
  /** Throws `Failure`. */
  signOut: () => Promise<void>;
}

/** The person in front of the page; updated by every call that finds no session, or another than the page shows. */
export function useSession(): SessionHandle {
  const [session, tell] = useReducer(sessionAfter, { kind: 'loading' });
  /** Whom the page shows, also between a call and the next drawing. */
  const shown = useRef<UserInfo | undefined>(undefined);
  const { ask, api } = useMemo(() => {
    const options = {
      fetch: (...call: Parameters<typeof fetch>) => fetch(...call),
      onSessionEnded: () => tell({ kind: 'ended' }),
    };
    return {
      /** Asks for whoever it is. */
      ask: createCallApi(options),
      api: createCallApi({ ...options, shown: { id: () => shown.current?.sessionId, changed: look } }),
    };
  }, []);

  const otherTabs = useMemo(() => new BroadcastChannel('openclaw-session'), []);

  function show(who: UserInfo | undefined): void {
    const isNews = who?.sessionId !== shown.current?.sessionId;
    shown.current = who;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is its own origin's alone
    if (isNews) otherTabs.postMessage('changed');
  }

  /** True when it is the person whom the page shows. */
  async function look(): Promise<boolean> {
    try {
      const who = await ask(getUserinfo);
      const isSame = shown.current === undefined || isSamePerson(shown.current, who);
      if (isSame) show(who);
      tell({ kind: 'known', who });
      return isSame;
    } catch (thrown) {
      tell({ kind: 'failed', failure: asFailure(thrown) });
      return false;
    }
  }

  function takeOver(other: UserInfo): void {
    show(other);
    tell({ kind: 'taken_over' });
  }

  async function signOut(): Promise<void> {
    const { endSessionUrl } = await api(postLogout);
    const providersPage = providersPageAt(endSessionUrl);
    forgetDrafts(sessionStorage);
    show(undefined);
    tell({ kind: 'signed_out' });
    // Otherwise the next "Sign in" would let in whoever sits there, unasked.
    if (providersPage) location.assign(providersPage);
  }

  useEffect(() => void look(), []);

  // Somebody may have signed in or out in another tab, which says so; at the latest when they come back to this one.
  useEffect(() => {
    const comeBack = () => {
      if (!document.hidden) void look();
    };
    otherTabs.addEventListener('message', () => void look());
    document.addEventListener('visibilitychange', comeBack);
    return () => {
      otherTabs.close();
      document.removeEventListener('visibilitychange', comeBack);
    };
  }, []);

  return { session, api, look: async () => void (await look()), takeOver, signOut };
}

/** The provider's page that ends its session too; `null` where it has none, or names something else than a page. */
function providersPageAt(address: string | null): URL | null {
  const url = URL.parse(address ?? '');
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}
