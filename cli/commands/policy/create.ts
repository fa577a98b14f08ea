import { Command } from 'commander';
import { z } from 'zod';
import { postNewImpact, postPolicy } from '#domain/policy/calls.ts';
import { newPolicy } from '#domain/policy/change.schema.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { readAs } from '../../policy-content.ts';
import { readText } from '../../read-text.ts';
import { impactText } from '../../text/impact-text.ts';
import { policyStateText } from '../../text/policy-text.ts';

interface CreateOptions {
  file: string;
  reason?: string;
  active: boolean;
  yes: boolean;
}

export function policyCreateCommand(context: Context): Command {
  return new Command('create')
    .description('a new policy from a file, as a draft unless it is to hold at once')
    .requiredOption('--file <path>', 'YAML or JSON as the API takes it; `-` is standard input')
    .option('--reason <text>', 'why; goes before `change_reason` of the file')
    .option('--active', 'in force at once', false)
    .option('-y, --yes', 'do not ask', false)
    .action((options: CreateOptions) => create(context, options));
}

async function create(
  { connect, confirm, output, stdin }: Context,
  { file, reason, active, yes }: CreateOptions,
): Promise<void> {
  const given = readAs(z.record(z.string(), z.unknown()), await readText(file, stdin));
  const body = readAs(
    newPolicy,
    JSON.stringify({
      ...given,
      ...(reason === undefined ? {} : { change_reason: reason }),
      ...(active ? { status: 'active' } : {}),
    }),
  );
  const { call } = await connect();
  const goesLive = body.status === 'active';
  const impact = goesLive ? await call(postNewImpact, { body }) : null;
  if (impact !== null) output.note(impactText(impact, output));
  if (goesLive && !(await confirm(`"${body.name}" holds at once. Go on?`, { yes }))) {
    throw new Failure('failed', 'not_confirmed', 'Nothing was sent.');
  }
  const view = await call(postPolicy, {
    body: {
      ...body,
      ...(impact === null ? {} : { impact_digest: impact.digest }),
    },
  });
  output.result(view, () => policyStateText(view));
}
