import type { Plan, ProposedAction, RulesPlanner } from './plan.ts';
import { type Intent, parseIntent } from './plan-intent.ts';
import { numberedItems, splitSentences, withoutEnding, withoutOpening } from './plan-sentences.ts';

/** What the planner needs to know of an action. */
export interface PlannableAction {
  id: string;
  /** One line for people: `Comment on a GitHub issue`. */
  title: string;
  /** Sentences in the notation of `plan-intent.ts`. */
  intents: readonly string[];
  /** Sentences to suggest to a person who was not understood. */
  suggestions: readonly string[];
  /** Turns the words of a sentence into typed input. */
  read(slots: Readonly<Record<string, string>>): SlotReading;
}

export type SlotReading =
  | { ok: true; input: unknown }
  | { ok: false; problems: readonly { field: string; message: string }[] };

type Understood =
  | { kind: 'action'; action: ProposedAction }
  /** The answer says what is missing. */
  | { kind: 'nearly'; answer: string; suggestions: readonly string[] };

type Understanding = Understood | { kind: 'not' };

interface Row extends PlannableAction {
  patterns: readonly Intent[];
}

const label = 'built-in rules';

/** Longest text that is read, in characters: the longest comment with a sentence around it. */
const textLimit = 80_000;

/** Most actions of one request. */
const actionLimit = 20;

/**
 * A planner without a model: sentences with slots. It takes every value from the text and never invents one; it asks
 * for a target that isn't named. A text is one action, and what stands behind the colon of a body is body to the end,
 * whatever it says: it may have been pasted. Several actions are a numbered list; where a text only looks like several,
 * the person is asked.
 */
export function createIntentPlanner(options: { actions: readonly PlannableAction[] }): RulesPlanner {
  const rows = options.actions.map((action) => ({ ...action, patterns: action.intents.map(parseIntent) }));
  return { label, plan: async (text) => planText(rows, text) };
}

function planText(rows: readonly Row[], text: string): Plan {
  if (text.length > textLimit) {
    return notUnderstood(`The text is longer than ${textLimit} characters.`, allSuggestions(rows));
  }
  if (text.trim() === '') return notUnderstood('The text is empty.', allSuggestions(rows));
  const whole = understand(rows, text);
  if (whole.kind !== 'not') return planOf([whole]);
  const numbered = understandNumbered(rows, text);
  if (numbered !== undefined) return planOf(numbered);
  const parts = splitSentences(text);
  const several = parts.length > 1 && understandAll(rows, parts) !== undefined;
  if (several) return notUnderstood(numberThem, []);
  const first = understand(rows, parts[0] ?? '');
  return first.kind === 'nearly' ? planOf([first]) : help(rows);
}

const numberThem = [
  'This reads like several requests, and part of it may be text that somebody else wrote. Send them one by one, or as a',
  'numbered list: 1. … 2. …, each on a line of its own. A text to be sent goes to the end, so it comes last.',
].join(' ');

/** The items of a numbered list; one with a body takes all that follows. `undefined` where one of them is nothing. */
function understandNumbered(rows: readonly Row[], text: string): readonly Understood[] | undefined {
  const understood: Understood[] = [];
  for (const { start, end } of numberedItems(text) ?? []) {
    const toTheEnd = text.slice(start);
    const hasBody = takesRest(rows, toTheEnd);
    const item = understand(rows, hasBody ? toTheEnd : text.slice(start, end));
    if (item.kind === 'not') return undefined;
    understood.push(item);
    if (hasBody) break;
  }
  return understood.length === 0 ? undefined : understood;
}

function takesRest(rows: readonly Row[], text: string): boolean {
  const open = withoutOpening(text);
  return rows.some(({ patterns }) =>
    patterns.some((pattern) => pattern.takesRest && pattern.match(open) !== undefined),
  );
}

/** One part that is almost an action stops all of them. */
function planOf(understood: readonly Understood[]): Plan {
  if (understood.length > actionLimit)
    return notUnderstood(`At most ${actionLimit} actions in one request.`, []);
  const nearly = understood.find((part) => part.kind === 'nearly');
  if (nearly !== undefined) return notUnderstood(nearly.answer, nearly.suggestions);
  const actions = understood.flatMap((part) => (part.kind === 'action' ? [part.action] : []));
  return { understood: true, planner: label, actions };
}

/** `undefined` as soon as one part is nothing like an action. */
function understandAll(rows: readonly Row[], parts: readonly string[]): readonly Understood[] | undefined {
  const understood: Understood[] = [];
  for (const part of parts) {
    const understanding = understand(rows, part);
    if (understanding.kind === 'not') return undefined;
    understood.push(understanding);
  }
  return understood;
}

function understand(rows: readonly Row[], text: string): Understanding {
  const open = withoutOpening(text);
  const closed = withoutEnding(open);
  const sentence = (pattern: Intent) => (pattern.takesRest ? open : closed);
  const matches = rows.flatMap((row) =>
    row.patterns.flatMap((pattern) => readIntent(row, pattern, sentence(pattern))),
  );
  const good = matches.filter((match) => match.kind === 'action');
  const [only] = good;
  if (new Set(good.map(({ action }) => action.action)).size > 1) return ambiguous(rows, good);
  return only ?? matches[0] ?? nearMiss(rows, sentence) ?? { kind: 'not' };
}

function readIntent(row: Row, pattern: Intent, text: string): readonly Understood[] {
  const slots = pattern.match(text);
  if (slots === undefined) return [];
  const reading = row.read(slots);
  if (reading.ok)
    return [{ kind: 'action', action: { action: row.id, input: reading.input, origin: 'user' } }];
  const asked = reading.problems.map(({ field, message }) => `${question(field)} ${sentenceOf(message)}`);
  return [{ kind: 'nearly', answer: `${row.title}: ${asked.join(' ')}`, suggestions: row.suggestions }];
}

function nearMiss(rows: readonly Row[], sentence: (pattern: Intent) => string): Understood | undefined {
  for (const row of rows) {
    for (const pattern of row.patterns) {
      const missing = pattern.missing(sentence(pattern));
      if (missing === undefined) continue;
      const asked = missing.map(question).join(' ');
      return { kind: 'nearly', answer: `${row.title}: ${asked}`, suggestions: row.suggestions };
    }
  }
  return undefined;
}

function ambiguous(rows: readonly Row[], matches: readonly { action: ProposedAction }[]): Understanding {
  const meant = rows.filter((row) => matches.some(({ action }) => action.action === row.id));
  const titles = meant.map(({ title }) => title).join(', or: ');
  return { kind: 'nearly', answer: `This can mean: ${titles}.`, suggestions: allSuggestions(meant) };
}

function help(rows: readonly Row[]): Plan {
  const able = rows.map(({ title }) => `- ${title}`);
  const head = 'I work by built-in rules, not by a language model, and did not understand this. I can:';
  return notUnderstood([head, ...able].join('\n'), allSuggestions(rows));
}

function notUnderstood(answer: string, suggestions: readonly string[]): Plan {
  return { understood: false, planner: label, answer, suggestions };
}

function allSuggestions(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ suggestions }) => suggestions);
}

function question(field: string): string {
  return `which ${field.replaceAll('_', ' ')}?`;
}

function sentenceOf(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
