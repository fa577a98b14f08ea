import { Command } from 'commander';
import { changePolicy, versionInForce } from '../../change-policy.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';

interface ActivateOptions {
  reason: string;
  at?: number;
  yes: boolean;
}

export function policyActivateCommand(context: Context): Command {
  return new Command('activate')
    .description('put a draft in force; shows what is different from what holds now')
    .argument('<id>', 'pol_…')
    .requiredOption('--reason <text>', 'why; it goes to the audit log')
    .option('--at <version>', 'another draft than the newest version', countOption)
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, { reason, at, yes }: ActivateOptions) =>
      changePolicy(context, {
        id,
        yes,
        compareWith: async (newest, api) => {
          const before = await versionInForce(newest, api);
          return before.status === 'active' ? before : { ...newest, rules: {}, may_grant: null };
        },
        proposed: async (newest, api) => {
          const { name, rules, may_grant } = await api.policy(newest.id, at ?? newest.version);
          return { name, rules, may_grant };
        },
        impact: (newest) =>
          (at ?? newest.version) === newest.version && newest.status === 'active'
            ? null
            : { version: at ?? newest.version },
        question: (newest) => `Version ${at ?? newest.version} holds at once. Go on?`,
        send: (api, newest, ifMatch, _content, digest) =>
          api.activatePolicy(
            newest.id,
            { version: at ?? newest.version, change_reason: reason, ...digest },
            ifMatch,
          ),
      }),
    );
}
