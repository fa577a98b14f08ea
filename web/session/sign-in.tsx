import type { UserInfo } from '#domain/person/session.schema.ts';
import { tenantPath } from '../api/base.ts';

/** Returns to this place after the sign-in; the gateway accepts only addresses of its own. */
function signInAddress(): string {
  return `/auth/login?return_to=${tenantPath}/${encodeURIComponent(location.hash)}`;
}

function SignInLink() {
  return (
    <a class="button primary" href={signInAddress()}>
      Sign in
    </a>
  );
}

/** Shown to people who are not signed in. */
export function SignIn() {
  return (
    <main class="alone">
      <section class="panel" aria-labelledby="sign-in-title">
        <h1 id="sign-in-title">OpenClaw Enterprise</h1>
        <p>
          Ask for something. Policy checks every action, a person approves the risky ones, and all of it is on
          the record.
        </p>
        <p>
          <SignInLink />
        </p>
      </section>
    </main>
  );
}

interface SessionChangedProps {
  who: UserInfo;
  other: UserInfo;
  takeOver: (other: UserInfo) => void;
}

/** Shown over a person's page when somebody else has signed in in this browser; the page below stays as it is. */
export function SessionChanged({ who, other, takeOver }: SessionChangedProps) {
  return (
    <div class="notice wait" role="alert">
      <p>
        <strong>{nameOf(other)} is signed in now.</strong> This page is {nameOf(who)}’s: nothing is sent from
        it any more. What you typed is kept in this tab for {nameOf(who)}.
      </p>
      <button type="button" class="primary" onClick={() => takeOver(other)}>
        Go on as {nameOf(other)}
      </button>
    </div>
  );
}

function nameOf({ email, userId }: UserInfo): string {
  return email === '' ? userId : email;
}

/** Shown over the page when its session has ended; the page below stays as it is. */
export function SessionEnded() {
  return (
    <div class="notice wait" role="alert">
      <p>
        <strong>Your session has ended.</strong> What you typed is kept in this tab.
      </p>
      <SignInLink />
    </div>
  );
}
