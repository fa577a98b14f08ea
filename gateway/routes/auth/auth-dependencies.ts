import type { Authenticate } from '#gateway/middleware/authenticate/authenticate.ts';
import type { BrowserSessions } from '#gateway/middleware/authenticate/browser-sessions.ts';
import type { NoteSeen } from '#gateway/middleware/authenticate/last-seen.ts';
import type { SignInTickets } from '#gateway/middleware/authenticate/sign-in-tickets.ts';
import type { SignIn } from '#gateway/oidc/sign-in.ts';
import type { RecordEvent } from '#governance/record.ts';
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
