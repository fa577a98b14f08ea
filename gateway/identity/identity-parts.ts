import type { ConfirmRights } from '#governance/person/confirm-rights.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { VerifyLogoutToken } from '#platform/oidc/logout-token.ts';
import type { GrantStore } from '#stores/person/grants.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import type { SessionStore } from '#stores/person/sessions.ts';
import type { SubjectStore } from '#stores/person/subjects.ts';
import type { Authenticate } from './authenticate.ts';
import type { NoteSeen } from './last-seen.ts';
import type { LoginCookie } from './login-cookie.ts';
import type { BrowserSessions } from './session/browser-sessions.ts';
import type { SignInTickets } from './session/sign-in-tickets.ts';
import type { SignOut } from './session/sign-out.ts';
import type { SignIn } from './sign-in.ts';

/** What the routes for signing in and out are made from. */
export interface IdentityParts {
  authenticate: Authenticate;
  /** Only for the codec endpoint: by tokens of Temporal UI's client, where it has one of its own. */
  authenticateViewer: Authenticate;
  signIn: SignIn;
  sessions: BrowserSessions;
  tickets: SignInTickets;
  loginCookie: LoginCookie;
  noteSeen: NoteSeen;
  /** Forgets the cached rights of a person, or of everybody, so that they are looked up again. */
  forgetRights(person: { tenantId: string; userId: string } | undefined): void;
  /** Asks the identity provider for a person's rights, for votes and sessions. */
  confirm: ConfirmRights;
  people: PeopleStore;
  grants: Pick<GrantStore, 'removeAllOf'>;
  subjects: Pick<SubjectStore, 'ensure'>;
  signOut: SignOut;
  verifyLogoutToken: VerifyLogoutToken;
  takeLogoutToken: SessionStore['takeLogoutToken'];
  logoutTokenTaken: SessionStore['logoutTokenTaken'];
  /** Lifetime in seconds of the cookie of an unused session. */
  cookieSeconds: number;
  recordEvent: RecordEvent;
  /** PUBLIC_URL. */
  publicUrl: URL;
  /** For the command line's device flow. */
  device: { issuer: string; cliClientId: string; audience: string; scopes: string };
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}
