import { escapeHtml } from '#platform/escape-html.ts';
import { completePath } from './ticket-cookie.ts';

/**
 * Shown for a moment between callback and session. A navigation that began at the provider carries no `Strict` cookie,
 * even after redirects; one that begins on this page does. No script, because of the content security policy.
 */
export function stepPage(): string {
  return page('Signing in', {
    head: `<meta http-equiv="refresh" content="0;url=${completePath}">`,
    body: `<p>Signing you in. <a href="${completePath}">Continue</a></p>`,
  });
}

/** Shown when the sign-in fails: the text of the error catalogue, and a way on. */
export function refusalPage(code: string, message: string): string {
  return page('Not signed in', {
    head: '',
    body: `<p>${escapeHtml(message)}</p>\n<p>Code: <code>${escapeHtml(code)}</code></p>\n<p><a href="/auth/login">Sign in again</a></p>`,
  });
}

function page(title: string, { head, body }: { head: string; body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title} · OpenClaw Enterprise</title>
${head}
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
