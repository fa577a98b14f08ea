import { Command } from 'commander';
import { getUserinfo } from '#domain/person/calls.ts';
import { getStatus } from '#domain/status/calls.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { type ConnectionStatus, statusAdvice, statusText } from '../../text/status-text.ts';

export function statusCommand(context: Context): Command {
  return new Command('status')
    .description('where you are connected, as whom, and what is active there')
    .action(() => showStatus(context));
}

async function showStatus(context: Context): Promise<void> {
  const { url, call } = await context.connect();
  const status: ConnectionStatus = {
    gateway: url,
    connection: 'Connected',
    user: undefined,
    system: undefined,
  };
  const [system, user] = await Promise.allSettled([
    call(getStatus, { signedIn: false, alsoAnswers: [503] }),
    call(getUserinfo),
  ]);
  if (system.status === 'rejected') {
    const unreachable = system.reason instanceof Failure && system.reason.code === 'unreachable';
    print(context, { ...status, connection: unreachable ? 'Unreachable' : 'Not connected' });
    throw system.reason;
  }
  const degraded = system.value.status === 'degraded';
  print(context, {
    gateway: url,
    connection: degraded ? 'Connected (degraded)' : 'Connected',
    user: user.status === 'fulfilled' ? user.value : undefined,
    system: system.value,
  });
  for (const line of statusAdvice(system.value)) context.output.note(line);
  if (user.status === 'rejected') throw user.reason;
  if (degraded) context.exit('failed');
}

function print({ output }: Context, status: ConnectionStatus): void {
  const { gateway, connection, user, system } = status;
  output.result(
    {
      gateway,
      connection,
      user: user ?? null,
      system: system ?? null,
      advice: system === undefined ? [] : statusAdvice(system),
    },
    () => statusText(status),
  );
}
