import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { approvalsCommands } from './commands/approvals/index.ts';
import { auditCommands } from './commands/audit/index.ts';
import { authCommands } from './commands/auth/index.ts';
import { completionCommand } from './commands/completion/completion.ts';
import { configCommands } from './commands/config/index.ts';
import { dataCommands } from './commands/data/index.ts';
import { holdCommands } from './commands/hold/index.ts';
import { keysCommands } from './commands/keys/index.ts';
import { policyCommands } from './commands/policy/index.ts';
import { askCommand } from './commands/requests/ask.ts';
import { requestsCommands } from './commands/requests/index.ts';
import { sessionsCommands } from './commands/sessions/index.ts';
import { statusCommand } from './commands/status/status.ts';
import { tenantCommands } from './commands/tenant/index.ts';
import { userDataCommands } from './commands/user-data/index.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';

const groups = [
  configCommands,
  authCommands,
  sessionsCommands,
  requestsCommands,
  approvalsCommands,
  policyCommands,
  dataCommands,
  keysCommands,
  tenantCommands,
  userDataCommands,
  holdCommands,
  auditCommands,
];

/** The whole command line. Parsing problems are thrown, so that they are reported like any other failure. */
export function createProgram(context: Context): Command {
  const program = new Command('openclaw')
    .description('The command line of OpenClaw Enterprise: ask, approve, look things up.')
    .version(version(), '-V, --version', 'print the version')
    .option('--json', 'print results and errors as JSON, ask nothing')
    .addHelpText('after', exitHelp());
  for (const command of [statusCommand(context), askCommand(context)]) program.addCommand(command);
  for (const { name, about, commands } of groups) {
    const group = new Command(name).description(about);
    for (const command of commands) group.addCommand(command(context));
    program.addCommand(group);
  }
  program.addCommand(completionCommand(context));
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
