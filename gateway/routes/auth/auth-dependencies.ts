import type { RecordEvent } from '#governance/record.ts';
import type { Authenticate } from '../../middleware/authenticate/authenticate.ts';
import type { BrowserSessions } from '../../middleware/authenticate/browser-sessions.ts';
import type { NoteSeen } from '../../middleware/authenticate/last-seen.ts';
import type { SignInTickets } from '../../middleware/authenticate/sign-in-tickets.ts';
import type { SignIn } from '../../oidc/sign-in.ts';
import type { LoginCookie } from './login-cookie.ts';

/** What the routes of signing in and out are made from. */
export interface AuthDependencies {
  authenticate: Authenticate;
  signIn: SignIn;
  sessions: BrowserSessions;
  tickets: SignInTickets;
  loginCookie: LoginCookie;
  noteSeen: NoteSeen;
  recordEvent: RecordEvent;
  /** PUBLIC_URL. */
  publicUrl: URL;
  /** For the command line's device flow. */
  device: { issuer: string; cliClientId: string; audience: string; scopes: string };
  /** Milliseconds since the epoch. */
  now: () => number;
}
