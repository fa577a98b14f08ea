import { Command, Option } from 'commander';
import { changePolicy } from '../../change-policy.ts';
import type { Context } from '../../context.ts';
import { editText } from '../../edit-text.ts';
import { usageFailure } from '../../failure.ts';
import { contentText, readContent } from '../../policy-content.ts';
import { readText } from '../../read-text.ts';

interface EditOptions {
  reason: string;
  file?: string;
  status?: 'draft' | 'active';
  yes: boolean;
}

export function policyEditCommand(context: Context): Command {
  return new Command('edit')
    .description('change name, rules or may_grant in an editor or from a file: makes a new version')
    .argument('<id>', 'pol_…')
    .requiredOption('--reason <text>', 'why; it goes to the audit log')
    .option('--file <path>', 'YAML or JSON with `name`, `rules`, `may_grant`; `-` is standard input')
    .addOption(
      new Option('--status <status>', 'of the new version; otherwise that of the newest').choices([
        'draft',
        'active',
      ]),
    )
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, options: EditOptions) => edit(context, id, options));
}

async function edit(context: Context, id: string, { reason, file, status, yes }: EditOptions): Promise<void> {
  const { env, output, stdin } = context;
  if (output.json && file === undefined) {
    throw usageFailure('With --json no editor is opened.', 'Say `--file`.');
  }
  await changePolicy(context, {
    id,
    yes,
    proposed: async (newest) =>
      readContent(
        file === undefined
          ? await editText({ text: contentText(newest), suffix: '.yaml', env })
          : await readText(file, stdin),
      ),
    impact: (newest, content) =>
      (status ?? newest.status) === 'active' ? { name: newest.name, ...content } : null,
    question: (newest) =>
      (status ?? newest.status) === 'active' ? 'This holds at once. Send it?' : 'Send it as a draft?',
    send: (api, newest, ifMatch, content, digest) =>
      api.updatePolicy(
        newest.id,
        { ...content, ...(status === undefined ? {} : { status }), change_reason: reason, ...digest },
        ifMatch,
      ),
  });
}
