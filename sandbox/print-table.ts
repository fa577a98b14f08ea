import type { Stack } from './stack-file.ts';

/** The table that `npm start` ends with: where everything is, who can sign in, what to try. */
export function stackTable(stack: Stack): string {
  const emailWidth = Math.max(0, ...stack.accounts.map(({ email }) => email.length));
  const accounts = stack.accounts.map(
    ({ email, password, part }) => `${email.padEnd(emailWidth)}  password ${password}  (${part})`,
  );
  const rows: [string, readonly string[]][] = [
    ['Web page', [`${stack.api}/`]],
    ['API', [`${stack.api}/api/v1`, `${stack.api}/docs describes it`]],
    ['Temporal UI', [stack.temporal.ui ?? `of your own server at ${stack.temporal.address}`]],
    ['Sign-in', [stack.signIn.issuer]],
    ...(accounts.length > 0 ? [['Accounts', accounts] satisfies [string, string[]]] : []),
    ...stack.providers.map(providerRow),
    ['Data', [stack.dataDir, `logs in ${stack.logs}`]],
    [
      'Try',
      [
        `npx openclaw config set gateway_url ${stack.api} && npx openclaw auth login`,
        'npx openclaw ask "list the open issues of acme/website"',
        'npm run demo',
      ],
    ],
  ];
  return table(rows);
}

function providerRow({ title, variable, url, adminUrl }: Stack['providers'][number]): [string, string[]] {
  return [title, [adminUrl === undefined ? `the real one (${variable})` : `${url} (a local stand-in)`]];
}

function table(rows: readonly [string, readonly string[]][]): string {
  const left = Math.max(...rows.map(([name]) => name.length));
  const right = Math.max(...rows.flatMap(([, lines]) => lines.map((line) => line.length)));
  const rule = (start: string, middle: string, end: string) =>
    `${start}${'─'.repeat(left + 2)}${middle}${'─'.repeat(right + 2)}${end}`;
  const body = rows.map(([name, lines]) =>
    lines
      .map((line, index) => `│ ${(index === 0 ? name : '').padEnd(left)} │ ${line.padEnd(right)} │`)
      .join('\n'),
  );
  return [rule('┌', '┬', '┐'), body.join(`\n${rule('├', '┼', '┤')}\n`), rule('└', '┴', '┘')].join('\n');
}
