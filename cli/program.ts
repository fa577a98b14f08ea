import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { approvalsApproveCommand } from './commands/approvals-approve.ts';
import { approvalsListCommand } from './commands/approvals-list.ts';
import { approvalsRejectCommand } from './commands/approvals-reject.ts';
import { approvalsShowCommand } from './commands/approvals-show.ts';
import { askCommand } from './commands/ask.ts';
import { auditListCommand } from './commands/audit-list.ts';
import { authLoginCommand } from './commands/auth-login.ts';
import { authLogoutCommand } from './commands/auth-logout.ts';
import { authWhoamiCommand } from './commands/auth-whoami.ts';
import { configGetCommand } from './commands/config-get.ts';
import { configSetCommand } from './commands/config-set.ts';
import { requestsListCommand } from './commands/requests-list.ts';
import { requestsResolveCommand } from './commands/requests-resolve.ts';
import { requestsShowCommand } from './commands/requests-show.ts';
import { requestsWithdrawCommand } from './commands/requests-withdraw.ts';
import { statusCommand } from './commands/status.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';

type CommandFactory = (context: Context) => Command;

const groups: Readonly<Record<string, { about: string; commands: readonly CommandFactory[] }>> = {
  config: { about: 'where the gateway is', commands: [configSetCommand, configGetCommand] },
  auth: { about: 'sign in and out', commands: [authLoginCommand, authLogoutCommand, authWhoamiCommand] },
  requests: {
    about: 'what you asked for',
    commands: [requestsListCommand, requestsShowCommand, requestsWithdrawCommand, requestsResolveCommand],
  },
  approvals: {
    about: 'what waits for a person',
    commands: [approvalsListCommand, approvalsShowCommand, approvalsApproveCommand, approvalsRejectCommand],
  },
  audit: { about: 'what happened', commands: [auditListCommand] },
};

/** The whole command line. Parsing problems are thrown, so that they are told like any other failure. */
export function createProgram(context: Context): Command {
  const program = new Command('openclaw')
    .description('The command line of OpenClaw Enterprise: ask, approve, look things up.')
    .version(version(), '-V, --version', 'print the version')
    .option('--json', 'print results and errors as JSON, ask nothing')
    .addHelpText('after', exitHelp());
  for (const command of [statusCommand(context), askCommand(context)]) program.addCommand(command);
  for (const [name, { about, commands }] of Object.entries(groups)) {
    const group = new Command(name).description(about);
    for (const command of commands) group.addCommand(command(context));
    program.addCommand(group);
  }
  everyCommand(program, (command) => {
    command
      .exitOverride()
      .configureOutput({ outputError: () => {}, writeErr: (text) => context.output.note(text.trimEnd()) })
      .configureHelp({ showGlobalOptions: true });
  });
  return program;
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const below of command.commands) everyCommand(below, visit);
}

function exitHelp(): string {
  const lines = Object.values(exitCodes).map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`);
  return `\nExit codes:\n${lines.join('\n')}\n`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return manifest && typeof manifest === 'object' && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}
