import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerArguments, say } from './answer-arguments.ts';
import { checkout } from './checkout.ts';
import { createApi } from './demo/api.ts';
import { playAuditStory } from './demo/audit-story.ts';
import { playPolicyStory } from './demo/policy-story.ts';
import { createSteps } from './demo/steps.ts';
import { playStory } from './demo/story.ts';
import { messageOf } from './message-of.ts';
import { tokenFor } from './sign-in/token-for.ts';
import { findStack, type Stack } from './stack-file.ts';
import { createStandInAdmin } from './stand-in/admin-client.ts';
import { toldToStop } from './told-to-stop.ts';

const usage = `npm run demo: plays the story of the README, and checks each step.

Against the stack that \`npm start\` runs; where none runs, it starts one and ends it again.

It takes no arguments. OPENCLAW_DATA_DIR says which stack, as for \`npm start\`.
`;

/** `npm run demo`: plays the story against the running stack, starting one (and ending it again) if none runs. */
async function main(given: readonly string[]): Promise<number> {
  const said = answerArguments(given, usage);
  if (said !== undefined) return say(said);
  let own: ChildProcess | undefined;
  const startOwn = () => {
    own = spawn(process.execPath, ['sandbox/main.ts'], { cwd: checkout, stdio: 'inherit' });
    return own;
  };
  const stopped = toldToStop((signal) => own?.kill(signal));
  try {
    return await Promise.race([play(startOwn), stopped]);
  } catch (error) {
    process.stderr.write(`\n${messageOf(error)}\n`);
    return 1;
  } finally {
    if (own !== undefined) await end(own);
  }
}

async function play(startOwn: () => ChildProcess): Promise<number> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const running = findStack() ?? (await untilRunning(startOwn()));
  const apiOf = async (email: string) => createApi({ url: running.api, token: await signIn(running, email) });
  print('Signing in user@acme.test, lead@acme.test and admin@acme.test (device flow, a few seconds each) …');
  const [user, lead, admin] = await Promise.all(
    ['user', 'lead', 'admin'].map((who) => apiOf(`${who}@acme.test`)),
  );
  if (user === undefined || lead === undefined || admin === undefined) throw new Error('nobody to play with');
  const adminUrl = running.providers.find(({ name }) => name === 'github')?.adminUrl;
  const github = adminUrl === undefined ? undefined : createStandInAdmin(adminUrl);
  const steps = createSteps(print);
  await playStory({ steps, user, lead, admin, github });
  await playPolicyStory({ steps, lead, admin });
  await playAuditStory({ steps, admin });
  print('\nThe story holds.');
  if (running.temporal.ui !== undefined) print(`See its workflows in Temporal UI: ${running.temporal.ui}`);
  return 0;
}

async function untilRunning(own: ChildProcess): Promise<Stack> {
  for (;;) {
    if (hasEnded(own)) throw new Error('the local stack did not start');
    const stack = findStack();
    if (stack !== undefined) return stack;
    await sleep(200);
  }
}

async function signIn({ signIn: { issuer }, accounts }: Stack, email: string): Promise<string> {
  const account = accounts.find((known) => known.email === email);
  if (account === undefined)
    throw new Error(`no demo account ${email}: the demo needs the local sign-in provider`);
  return (await tokenFor({ issuer, account: email, password: account.password })).accessToken;
}

async function end(own: ChildProcess): Promise<void> {
  if (hasEnded(own)) return;
  own.kill('SIGTERM');
  await once(own, 'exit');
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

process.exit(await main(process.argv.slice(2)));
