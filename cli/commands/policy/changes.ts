import { Command, Option } from 'commander';
import {
  activatePolicy,
  deleteCanary,
  deletePolicy,
  getPolicy,
  postCanary,
  putPolicy,
  rollbackPolicy,
} from '#domain/policy/calls.ts';
import { changePolicy, type PolicyChanging, versionInForce } from '../../change-policy.ts';
import { collectOption } from '../../collect-option.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { editText } from '../../edit-text.ts';
import { usageFailure } from '../../failure.ts';
import { contentText, readContent } from '../../policy-content.ts';
import { readText } from '../../read-text.ts';
import { plainLine } from '../../terminal-text.ts';

interface Change<Options> {
  name: string;
  description: string;
  /** Adds what this change needs besides its reason. */
  options?: (command: Command) => Command;
  /** What is shown, asked and sent. */
  changing: (options: Options & { reason: string }, context: Context) => Omit<PolicyChanging, 'id' | 'yes'>;
}

const activate: Change<{ at?: number }> = {
  name: 'activate',
  description: 'put a draft in force; shows what is different from what holds now',
  options: (command) =>
    command.option('--at <version>', 'another draft than the newest version', countOption),
  changing: ({ at, reason }) => ({
    compareWith: async (newest, call) => {
      const before = await versionInForce(newest, call);
      return before.status === 'active' ? before : { ...newest, rules: {}, may_grant: null };
    },
    proposed: async (newest, call) => {
      const wanted = { params: { id: newest.id }, query: { version: at ?? newest.version } };
      const { name, rules, may_grant } = await call(getPolicy, wanted);
      return { name, rules, may_grant };
    },
    impact: ({ version, status }) =>
      (at ?? version) === version && status === 'active' ? null : { version: at ?? version },
    question: ({ version }) => `Version ${at ?? version} holds at once. Go on?`,
    send: (call, sent, { version }) =>
      call(activatePolicy, sent({ version: at ?? version, change_reason: reason })),
  }),
};

const rollback: Change<{ to: number }> = {
  name: 'rollback',
  description: 'make a new version with the content of an older one',
  options: (command) =>
    command.requiredOption('--to <n>', 'the version whose content comes back', countOption),
  changing: ({ to, reason }) => ({
    compareWith: versionInForce,
    proposed: async ({ id }, call) => {
      const { name, rules, may_grant } = await call(getPolicy, { params: { id }, query: { version: to } });
      return { name, rules, may_grant };
    },
    impact: (_newest, _content, { status }) => (status === 'active' ? { to_version: to } : null),
    question: (_newest, { status }) =>
      status === 'active' ? 'This holds at once. Go back to it?' : 'Go back to it, as a draft?',
    send: (call, sent) => call(rollbackPolicy, sent({ to_version: to, change_reason: reason })),
  }),
};

const deprecate: Change<object> = {
  name: 'deprecate',
  description: 'end a policy for good; its versions stay readable',
  changing: ({ reason }) => ({
    proposed: async () => null,
    impact: () => ({ deprecate: true }),
    question: ({ name, scope, domain }) =>
      `"${plainLine(name)}" (${domain}, ${scope.level}) ends for good. Go on?`,
    send: (call, sent) => call(deletePolicy, sent({ change_reason: reason })),
  }),
};

const canary: Change<{ user: string[]; at?: number; end: boolean }> = {
  name: 'canary',
  description: 'let a draft hold for a few people first, until it is activated or taken back',
  options: (command) =>
    command
      .option('--user <id>', 'for this person; may be said again', collectOption, [])
      .option('--at <version>', 'another draft than the newest version', countOption)
      .option('--end', 'the draft holds for nobody any more', false),
  changing: ({ user, at, end, reason }) => {
    if (end === user.length > 0) throw usageFailure('Say for whom with --user, or --end.');
    const draft = { ...(at === undefined ? {} : { version: at }), user_ids: user };
    const proposed = async () => null;
    if (end) {
      return {
        proposed,
        impact: () => ({ end_canary: true }),
        question: () => 'The draft holds for nobody any more. Go on?',
        send: (call, sent) => call(deleteCanary, sent({ change_reason: reason })),
      };
    }
    return {
      proposed,
      impact: () => draft,
      question: () => `The draft holds for ${user.length} at once. Go on?`,
      send: (call, sent) => call(postCanary, sent({ ...draft, change_reason: reason })),
    };
  },
};

const edit: Change<{ file?: string; status?: 'draft' | 'active' }> = {
  name: 'edit',
  description: 'change name, rules or may_grant in an editor or from a file: makes a new version',
  options: (command) =>
    command
      .option('--file <path>', 'YAML or JSON with `name`, `rules`, `may_grant`; `-` is standard input')
      .addOption(
        new Option('--status <status>', 'of the new version; otherwise that of the newest').choices([
          'draft',
          'active',
        ]),
      ),
  changing: ({ file, status, reason }, { env, output, stdin }) => {
    if (output.json && file === undefined) {
      throw usageFailure('With --json no editor is opened.', 'Say `--file`.');
    }
    const holds = (newest: { status: string }) => (status ?? newest.status) === 'active';
    return {
      proposed: async (newest) =>
        readContent(
          file === undefined
            ? await editText({ text: contentText(newest), suffix: '.yaml', env })
            : await readText(file, stdin),
        ),
      impact: (newest, content) => (holds(newest) ? { name: newest.name, ...content } : null),
      question: (newest) => (holds(newest) ? 'This holds at once. Send it?' : 'Send it as a draft?'),
      send: (call, sent, _newest, content) => {
        const said = status === undefined ? {} : { status };
        return call(putPolicy, sent({ ...content, ...said, change_reason: reason }));
      },
    };
  },
};

/** One command for each change: it shows the difference, asks, and sends exactly what was shown. */
export const policyChangeCommands = [
  commandOf(edit),
  commandOf(activate),
  commandOf(canary),
  commandOf(rollback),
  commandOf(deprecate),
];

function commandOf<Options>({ name, description, options, changing }: Change<Options>) {
  return (context: Context): Command => {
    const command = new Command(name)
      .description(description)
      .argument('<id>', 'pol_…')
      .requiredOption('--reason <text>', 'why; it goes to the audit log')
      .option('-y, --yes', 'do not ask', false);
    return (options?.(command) ?? command).action(
      (id: string, given: Options & { reason: string; yes: boolean }) =>
        changePolicy(context, { id, yes: given.yes, ...changing(given, context) }),
    );
  };
}
