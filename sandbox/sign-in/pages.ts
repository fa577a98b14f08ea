import { escapeHtml } from '#platform/escape-html.ts';
import { demoAccounts } from './accounts.ts';

/** Served at `/style.css`, so that the content security policy need not allow inline style. */
export const styleSheet = `
:root { color-scheme: light dark; --line: #c9ced6; --accent: #1f5fbf; --soft: #f3f5f8; --bad: #a3242b; }
@media (prefers-color-scheme: dark) { :root { --line: #454c57; --accent: #8ab4f8; --soft: #232830; --bad: #ff9c9c; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 6vh 16px; }
main { max-width: 26rem; margin: 0 auto; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
.note { background: var(--soft); border-radius: 6px; padding: .5rem .75rem; font-size: .875rem; }
.problem { color: var(--bad); font-weight: 600; }
label { display: block; margin-top: .75rem; font-weight: 600; }
input:not([type=hidden]) { width: 100%; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: 6px; }
button { font: inherit; margin: 1rem .5rem 0 0; padding: .5rem 1rem; border-radius: 6px; border: 1px solid var(--accent);
  background: var(--accent); color: Canvas; cursor: pointer; }
button.second { background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code { font-size: 1.25rem; letter-spacing: .1em; }
ul { padding-left: 1.1rem; margin: .25rem 0 0; }
`;

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="note">Local sign-in of OpenClaw Enterprise, for trying it out. It knows demo accounts only.</p>
${body}
</main></body>
</html>`;
}

export interface LoginPage {
  action: string;
  /** The address that the person entered before. */
  email: string;
  problem?: string;
}

export function loginPage({ action, email, problem }: LoginPage): string {
  const accounts = demoAccounts
    .map((account) => `<li>${account.email} (${escapeHtml(account.part)})</li>`)
    .join('');
  return page(
    'Sign in',
    `${problem ? `<p class="problem" role="alert">${escapeHtml(problem)}</p>` : ''}
<form method="post" action="${escapeHtml(action)}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus value="${escapeHtml(email)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>
<p>Demo accounts, password <b>${demoAccounts[0]?.password ?? ''}</b>:</p><ul>${accounts}</ul>`,
  );
}

/** `form` comes from the provider and contains the fields; the button refers to it. */
export function deviceCodePage(form: string, problem?: string): string {
  // Our policy forbids inline handlers, and screen readers need a name for the field.
  const field = form.replace(/ onfocus="[^"]*"/, ' aria-label="Code"').replace('</input>', '');
  return page(
    'Enter the code',
    `${problem ? `<p class="problem" role="alert">${escapeHtml(problem)}</p>` : ''}
<p>Type the code that your terminal shows.</p>
${field}
<button type="submit" form="op.deviceInputForm">Continue</button>`,
  );
}

export function deviceConfirmPage(form: string, client: string, code: string): string {
  return page(
    'Is this your terminal?',
    `<p><b>${escapeHtml(client)}</b> wants to sign in as you. Go on only if it shows this code:</p>
<p><code>${escapeHtml(code)}</code></p>
${form}
<button type="submit" form="op.deviceConfirmForm">Yes, sign in</button>
<button type="submit" form="op.deviceConfirmForm" class="second" name="abort" value="yes">No</button>`,
  );
}

export function deviceDonePage(client: string): string {
  return page('Signed in', `<p><b>${escapeHtml(client)}</b> is signed in. You can close this page.</p>`);
}

export function logoutPage(form: string): string {
  return page(
    'Sign out?',
    `${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Yes, sign out</button>
<button type="submit" form="op.logoutForm" class="second">Stay signed in</button>`,
  );
}

export function loggedOutPage(): string {
  return page('Signed out', '<p>You are signed out here.</p>');
}

export function problemPage(problem: string, detail: string): string {
  return page(
    'That did not work',
    `<p class="problem">${escapeHtml(problem)}</p><p>${escapeHtml(detail)}</p>`,
  );
}
