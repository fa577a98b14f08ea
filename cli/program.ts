import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { approvalsApproveCommand } from './commands/approvals/approve.ts';
import { approvalsListCommand } from './commands/approvals/list.ts';
import { approvalsRejectCommand } from './commands/approvals/reject.ts';
import { approvalsShowCommand } from './commands/approvals/show.ts';
import { auditExportCommand } from './commands/audit/export.ts';
import { auditHeadsCommand } from './commands/audit/heads.ts';
import { auditKeysCommand } from './commands/audit/keys.ts';
import { auditListCommand } from './commands/audit/list.ts';
import { auditProofCommand } from './commands/audit/proof.ts';
import { auditVerifyCommand } from './commands/audit/verify.ts';
import { authLoginCommand } from './commands/auth/login.ts';
import { authLogoutCommand } from './commands/auth/logout.ts';
import { authWhoamiCommand } from './commands/auth/whoami.ts';
import { completionCommand } from './commands/completion/completion.ts';
import { configGetCommand } from './commands/config/get.ts';
import { configSetCommand } from './commands/config/set.ts';
import { dataClassifyCommand } from './commands/data/classify.ts';
import { holdListCommand } from './commands/hold/list.ts';
import { holdPlaceCommand } from './commands/hold/place.ts';
import { holdReleaseCommand } from './commands/hold/release.ts';
import { keysStatusCommand } from './commands/keys/status.ts';
import { policyActivateCommand } from './commands/policy/activate.ts';
import { policyCanaryCommand } from './commands/policy/canary.ts';
import { policyCreateCommand } from './commands/policy/create.ts';
import { policyDeprecateCommand } from './commands/policy/deprecate.ts';
import { policyDiffCommand } from './commands/policy/diff.ts';
import { policyEditCommand } from './commands/policy/edit.ts';
import { policyExplainCommand } from './commands/policy/explain.ts';
import { policyImpactCommand } from './commands/policy/impact.ts';
import { policyListCommand } from './commands/policy/list.ts';
import { policyResolveCommand } from './commands/policy/resolve.ts';
import { policyReviewCommand } from './commands/policy/review.ts';
import { policyRollbackCommand } from './commands/policy/rollback.ts';
import { policyShowCommand } from './commands/policy/show.ts';
import { askCommand } from './commands/requests/ask.ts';
import { requestsListCommand } from './commands/requests/list.ts';
import { requestsResolveCommand } from './commands/requests/resolve.ts';
import { requestsShowCommand } from './commands/requests/show.ts';
import { requestsWithdrawCommand } from './commands/requests/withdraw.ts';
import { sessionsListCommand } from './commands/sessions/list.ts';
import { sessionsRevokeCommand } from './commands/sessions/revoke.ts';
import { statusCommand } from './commands/status/status.ts';
import { tenantChangeCommand } from './commands/tenant/change.ts';
import { tenantCreateCommand } from './commands/tenant/create.ts';
import { tenantDeleteCommand } from './commands/tenant/delete.ts';
import { tenantListCommand } from './commands/tenant/list.ts';
import { tenantRestoreCommand } from './commands/tenant/restore.ts';
import { tenantResumeCommand } from './commands/tenant/resume.ts';
import { tenantShowCommand } from './commands/tenant/show.ts';
import { tenantSuspendCommand } from './commands/tenant/suspend.ts';
import { userDataEraseCommand } from './commands/user-data/erase.ts';
import { userDataErasureCommand } from './commands/user-data/erasure.ts';
import { userDataExportCommand } from './commands/user-data/export.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';

type CommandFactory = (context: Context) => Command;

const groups: Readonly<Record<string, { about: string; commands: readonly CommandFactory[] }>> = {
  config: { about: 'where the gateway is', commands: [configSetCommand, configGetCommand] },
  auth: { about: 'sign in and out', commands: [authLoginCommand, authLogoutCommand, authWhoamiCommand] },
  sessions: { about: 'browsers that are signed in', commands: [sessionsListCommand, sessionsRevokeCommand] },
  requests: {
    about: 'what you asked for',
    commands: [requestsListCommand, requestsShowCommand, requestsWithdrawCommand, requestsResolveCommand],
  },
  approvals: {
    about: 'what waits for a person',
    commands: [approvalsListCommand, approvalsShowCommand, approvalsApproveCommand, approvalsRejectCommand],
  },
  policy: {
    about: 'what is allowed, and who decided that',
    commands: [
      policyListCommand,
      policyShowCommand,
      policyCreateCommand,
      policyEditCommand,
      policyDiffCommand,
      policyImpactCommand,
      policyActivateCommand,
      policyCanaryCommand,
      policyRollbackCommand,
      policyDeprecateCommand,
      policyExplainCommand,
      policyResolveCommand,
      policyReviewCommand,
    ],
  },
  data: { about: 'how confidential data is', commands: [dataClassifyCommand] },
  keys: { about: 'the keys that data is encrypted with, for the operator', commands: [keysStatusCommand] },
  tenant: {
    about: 'the tenants of the installation, for its operator',
    commands: [
      tenantListCommand,
      tenantShowCommand,
      tenantCreateCommand,
      tenantChangeCommand,
      tenantSuspendCommand,
      tenantResumeCommand,
      tenantDeleteCommand,
      tenantRestoreCommand,
    ],
  },
  'user-data': {
    about: 'what is stored about a person',
    commands: [userDataExportCommand, userDataEraseCommand, userDataErasureCommand],
  },
  hold: { about: 'legal holds', commands: [holdListCommand, holdPlaceCommand, holdReleaseCommand] },
  audit: {
    about: 'what happened',
    commands: [
      auditListCommand,
      auditExportCommand,
      auditVerifyCommand,
      auditHeadsCommand,
      auditProofCommand,
      auditKeysCommand,
    ],
  },
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
