import type { UserInfo } from '#domain/person/session.schema.ts';
import type { Api } from './api/call-api.ts';
import type { Drafts } from './session/drafts.ts';

/** Props of every page. */
export interface DeskProps {
  api: Api;
  /** False while nobody is signed in: nothing is fetched then. */
  live: boolean;
  who: UserInfo;
  drafts: Drafts;
  /** Announces something to people who can't see the page change. */
  announce: (words: string) => void;
  /** Reports whether the server lets the person manage tenants, which decides about links. */
  onTenants: (areTheirs: boolean) => void;
}
