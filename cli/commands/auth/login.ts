import { Command } from 'commander';
import { getAuthConfig, getUserinfo } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { openProvider } from '../../provider.ts';
import { plainLine } from '../../terminal-text.ts';
import { userText } from '../../text/user-text.ts';

interface LoginOptions {
  browser: boolean;
}

export function authLoginCommand(context: Context): Command {
  return new Command('login')
    .description("sign in at the company's provider, with a browser here or on another device")
    .option('--no-browser', 'only print the address and the code')
    .action((options: LoginOptions) => signIn(context, options));
}

async function signIn(
  { connect, credentials, env, fetch, output }: Context,
  { browser }: LoginOptions,
): Promise<void> {
  const { url, call } = await connect();
  const config = await call(getAuthConfig, { signedIn: false });
  const provider = await openProvider({ issuer: config.issuer, clientId: config.cli_client_id, fetch });
  // Providers that don't know `audience` ignore it; without it, those that do would return a token that is no use for
  // us.
  const { code, finish } = await provider.startSignIn({ scope: config.scopes, audience: config.audience });

  const address = code.verificationUriComplete ?? code.verificationUri;
  output.prompt(
    {
      verification_uri: code.verificationUri,
      verification_uri_complete: code.verificationUriComplete ?? null,
      user_code: code.userCode,
      expires_in: code.expiresIn,
    },
    `Open ${code.verificationUri} and enter the code ${plainLine(code.userCode)}\n${
      browser && !output.json ? 'Your browser opens the page now. ' : ''
    }Waiting for you to sign in …`,
  );
  if (browser && !output.json) await openBrowser(address);

  const entry = await finish();
  await credentials.locked(() => credentials.save(url, entry));
  if (entry.refreshToken === null) {
    output.note('The provider gives no refresh token: you will have to sign in again when this one ends.');
  }
  if (env.OPENCLAW_TOKEN) output.note('OPENCLAW_TOKEN is set and goes before this sign-in.');

  const user = await call(getUserinfo).catch((error: unknown) => {
    throw notAccepted(error);
  });
  output.result({ gateway: url, user }, () => `Signed in.\n${userText(user)}`);
}

/** Opening a browser is a convenience: if it fails, the printed address is enough. */
async function openBrowser(address: string): Promise<void> {
  // Loaded only here: no other command needs it, and it is slow to load.
  const { default: open } = await import('open');
  const child = await open(address).catch(() => undefined);
  child?.on('error', () => {});
}

/** The provider signed the person in, but the gateway refuses the token: that is not the person's mistake. */
function notAccepted(error: unknown): unknown {
  if (!(error instanceof Failure) || error.exit !== 'signedOut') return error;
  return new Failure(
    'failed',
    error.code,
    `The gateway does not accept the provider's token: ${error.message}`,
    {
      cause: error,
      hint: 'An administrator has to check the issuer URL, the client id and the audience of the gateway.',
    },
  );
}
