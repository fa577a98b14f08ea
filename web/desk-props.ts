import type { UserInfo } from '#domain/person/session.schema.ts';
import type { Api } from './api/call-api.ts';
import type { Drafts } from './session/drafts.ts';

/** What every page is given. */
export interface DeskProps {
  api: Api;
  /** False while nobody is signed in: nothing is asked then. */
  live: boolean;
  who: UserInfo;
  drafts: Drafts;
  /** Says something to people who don't see the page change. */
  announce: (words: string) => void;
  /** Tells whether the server lets the person manage tenants: what may be linked depends on it. */
  onTenants: (areTheirs: boolean) => void;
}
