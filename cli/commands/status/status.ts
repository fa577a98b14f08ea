import { Command } from 'commander';
import { getUserinfo } from '#domain/person/calls.ts';
import { getStatus, listProblems } from '#domain/status/calls.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { type ConnectionStatus, statusAdvice, statusText } from '../../text/status-text.ts';

export function statusCommand(context: Context): Command {
  return new Command('status')
    .description(
      'where you are connected, as whom, and what is active there; to administrators also what is wrong',
    )
    .action(() => showStatus(context));
}

async function showStatus(context: Context): Promise<void> {
  const { url, call } = await context.connect();
  const status: ConnectionStatus = {
    gateway: url,
    connection: 'Connected',
    user: undefined,
    system: undefined,
    problems: undefined,
  };
  const [system, user, problems] = await Promise.allSettled([
    call(getStatus, { signedIn: false, alsoAnswers: [503] }),
    call(getUserinfo),
    call(listProblems),
  ]);
  if (system.status === 'rejected') {
    const unreachable = system.reason instanceof Failure && system.reason.code === 'unreachable';
    print(context, { ...status, connection: unreachable ? 'Unreachable' : 'Not connected' });
    throw system.reason;
  }
  const degraded = system.value.status === 'degraded';
  // Only admins are told; nobody else misses anything.
  const told = problems.status === 'fulfilled' ? problems.value.problems : undefined;
  print(context, {
    gateway: url,
    connection: degraded ? 'Connected (degraded)' : 'Connected',
    user: user.status === 'fulfilled' ? user.value : undefined,
    system: system.value,
    problems: told,
  });
  for (const line of statusAdvice(system.value, told)) context.output.note(line);
  if (user.status === 'rejected') throw user.reason;
  if (degraded) context.exit('failed');
}

function print({ output }: Context, status: ConnectionStatus): void {
  const { gateway, connection, user, system, problems } = status;
  output.result(
    {
      gateway,
      connection,
      user: user ?? null,
      system: system ?? null,
      problems: problems ?? null,
      advice: system === undefined ? [] : statusAdvice(system, problems),
    },
    () => statusText(status),
  );
}
