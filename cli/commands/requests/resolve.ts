import { Argument, Command } from 'commander';
import { getRequest, resolveRequest } from '#domain/request/calls.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { type Resolution, resolutions } from '#domain/request/request.ts';
import type { Api } from '../../api.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { plainLine } from '../../terminal-text.ts';
import { requestText } from '../../text/request-text.ts';

interface ResolveOptions {
  reason: string;
  action?: number;
  yes: boolean;
}

const meaning: Record<Resolution, string> = {
  happened: 'record that it happened',
  send_again: 'send it again',
  give_up: 'give it up',
};

export function requestsResolveCommand(context: Context): Command {
  return new Command('resolve')
    .description(
      'say what became of an action whose outcome is unknown, after you have looked at the provider',
    )
    .argument('<id>', 'req_…')
    .addArgument(new Argument('<resolution>', 'what to do').choices(resolutions))
    .requiredOption('--reason <text>', 'what you found; it goes to the audit log')
    .option('--action <n>', 'which action, where more than one is unknown', countOption)
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, resolution: Resolution, options: ResolveOptions) =>
      resolve(context, { id, resolution, options }),
    );
}

interface Resolving {
  id: string;
  resolution: Resolution;
  options: ResolveOptions;
}

async function resolve(
  { connect, confirm, output }: Context,
  { id, resolution, options }: Resolving,
): Promise<void> {
  const { call } = await connect();
  const chosen = await chosenAction(call, { id, resolution, wanted: options.action, note: output.note });
  if (!(await confirm(`This will ${meaning[resolution]}. Go on?`, options))) {
    throw new Failure('failed', 'not_confirmed', 'Nothing was sent.');
  }
  const view = await call(resolveRequest, {
    params: { id },
    body: { ...chosen, resolution, reason: options.reason },
  });
  output.result(view, () => requestText(view, output.colors));
}

interface Choosing {
  id: string;
  resolution: Resolution;
  wanted: number | undefined;
  note: (text: string) => void;
}

/** Which sending of which action, after showing it; whoever may approve for others can't read their requests. */
async function chosenAction(
  call: Api['call'],
  { id, resolution, wanted, note }: Choosing,
): Promise<{ n: number; sending?: number }> {
  try {
    const view = await call(getRequest, { params: { id } });
    const { n, sending, title, target } = spokenOf(view, resolution, wanted) ?? unknownAction(view, wanted);
    note(`${n}. ${plainLine(title)}: ${plainLine(target)}`);
    return { n, sending };
  } catch (error) {
    const notOurs = error instanceof Failure && error.code === 'NOT_FOUND';
    if (!notOurs) throw error;
    if (wanted !== undefined) return { n: wanted };
    throw new Failure('failed', 'NOT_FOUND', error.message, {
      hint: 'If it is the request of somebody you approve for, say which action with --action <n>.',
    });
  }
}

/**
 * Where nothing is unknown any more, the action that this person may have resolved already without hearing the answer:
 * the gateway knows what they said, and takes nothing new.
 */
function spokenOf(
  view: RequestView,
  resolution: Resolution,
  wanted: number | undefined,
): RequestView['actions'][number] | undefined {
  if (view.actions.some(({ state }) => state === 'outcome_unknown')) return undefined;
  const [only, ...more] = view.actions.filter(({ n }) => wanted === undefined || n === wanted);
  if (only === undefined || more.length > 0) return undefined;
  const sending = resolution === 'send_again' ? only.sending - 1 : only.sending;
  return sending > 0 ? { ...only, sending } : undefined;
}

function unknownAction(view: RequestView, wanted: number | undefined): RequestView['actions'][number] {
  const unknown = view.actions.filter(({ state }) => state === 'outcome_unknown');
  const numbers = unknown.map(({ n }) => n).join(', ');
  const [first] = unknown;
  if (first === undefined) {
    throw new Failure(
      'failed',
      'REQUEST_NOT_PENDING',
      `No action of ${plainLine(view.id)} has an unknown outcome.`,
    );
  }
  if (wanted === undefined) {
    if (unknown.length === 1) return first;
    throw usageFailure(
      `Several actions have an unknown outcome: ${numbers}.`,
      'Say which with --action <n>.',
    );
  }
  const chosen = unknown.find(({ n }) => n === wanted);
  if (chosen) return chosen;
  throw usageFailure(`Action ${wanted} has no unknown outcome.`, `These have: ${numbers}.`);
}
