import type { RequestAction, RequestList, RequestView } from '#domain/request/request.schema.ts';
import type { Output } from '../output.ts';
import { plainLine, plainText } from '../terminal-text.ts';
import { textTable } from './table.ts';

type Colors = Output['colors'];

const headings: Record<RequestView['state'], string> = {
  received: 'Taken: it has not been started yet.',
  running: 'Being worked on.',
  queued: 'Queued: it waits for an approval.',
  outcome_unknown: 'It is not known whether the action happened: a person has to look.',
  answered: 'Answered.',
  denied: 'Denied.',
  rejected: 'Rejected.',
  expired: 'Expired: nobody decided in time, nothing was done.',
  stale: 'Not done: policy or action changed after the approval.',
  withdrawn: 'Withdrawn.',
  failed: 'Failed.',
};

/** The state of a request in one sentence. */
export function requestHeading(view: RequestView): string {
  return headings[view.state];
}

/** What its actions wait for, where a provider named a time. */
export function waitsText(view: RequestView): string {
  return view.actions.flatMap(({ waits }) => (waits === null ? [] : [plainLine(waits.message)])).join(' ');
}

/** What became of a request: the answer, or why there is none and what to do. */
export function requestText(view: RequestView, colors: Colors): string {
  const answered = view.state === 'answered';
  const lines =
    answered && view.answer !== null ? [plainText(view.answer)] : [colors.bold(requestHeading(view))];
  if (!answered && view.answer !== null) lines.push(plainText(view.answer));
  if (view.error) lines.push(`${plainLine(view.error.message)} (${plainLine(view.error.error)})`);
  for (const action of view.actions) {
    if (!answered || view.answer === null) lines.push(...actionLines(action, colors, view.error?.error));
  }
  if (view.suggestions.length > 0) {
    lines.push('You can say, for example:', ...view.suggestions.map((one) => `  ${plainLine(one)}`));
  }
  if (view.planner !== null) lines.push(colors.dim(`Planned by: ${plainLine(view.planner)}`));
  lines.push(colors.dim(`Request ${plainLine(view.id)}`), ...nextSteps(view));
  return lines.join('\n');
}

/** `told`: the error that the request itself has already named. */
function actionLines(action: RequestAction, colors: Colors, told: string | undefined): string[] {
  const lines = [`  ${action.n}. ${plainLine(action.title)}: ${plainLine(action.target)} [${action.state}]`];
  const say = (label: string, text: string | null) => {
    if (text !== null && text !== '') lines.push(`     ${colors.dim(`${label}:`)} ${plainLine(text)}`);
  };
  say('why', action.reason);
  say('policy', action.policy_applied);
  if (action.error?.error !== told)
    say('error', action.error && `${action.error.message} (${action.error.error})`);
  say('waits', action.waits && action.waits.message);
  say('approval', action.approval_id);
  say('answer', action.answer);
  return lines;
}

function nextSteps(view: RequestView): string[] {
  const id = plainLine(view.id);
  if (view.state === 'queued') {
    return [
      `See how it goes: openclaw requests show ${id}`,
      `Take it back:    openclaw requests withdraw ${id}`,
    ];
  }
  if (view.state === 'running' && view.actions.some(({ waits }) => waits?.to === 'send')) {
    return [
      `See how it goes: openclaw requests show ${id}`,
      `Take it back:    openclaw requests withdraw ${id}`,
    ];
  }
  if (view.state === 'received' || view.state === 'running')
    return [`See how it goes: openclaw requests show ${id}`];
  if (view.state === 'outcome_unknown') {
    return [
      `When you have looked: openclaw requests resolve ${id} <happened|send_again|give_up> --reason "…"`,
    ];
  }
  return [];
}

/** One line per request. */
export function requestListText(list: RequestList, width: number | undefined): string {
  if (list.requests.length === 0) return 'There are no requests.';
  const rows = list.requests.map((one) => [one.id, one.state, one.created_at, one.text ?? '(typed actions)']);
  const table = textTable({ head: ['ID', 'STATE', 'CREATED', 'TEXT'], rows, width });
  return list.next === null
    ? table
    : `${table}\nOlder ones: openclaw requests list --before ${plainLine(list.next)}`;
}
