import type { Argument, Command, Option } from 'commander';

/** What may stand where a value is wanted: one of these words, a file, or something that only the person knows. */
export type Value = { words: readonly string[] } | 'file' | 'any';

export interface CompletedOption {
  /** `--outcome`, `-V`. */
  names: readonly string[];
  about: string;
  /** `undefined`: it takes none. */
  value: Value | undefined;
}

/** A command, and what may follow it. */
export interface Place {
  /** Its words after `openclaw`: `audit list`; empty for `openclaw` itself. */
  at: string;
  commands: readonly { name: string; about: string }[];
  options: readonly CompletedOption[];
  arguments: readonly Value[];
}

/** Every command with what may follow it, from the program itself, so that completion knows what the program knows. */
export function placesOf(command: Command, at = ''): Place[] {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const place = {
    at,
    commands: help
      .visibleCommands(command)
      .map((one) => ({ name: one.name(), about: help.subcommandDescription(one) })),
    options: options.map(completedOption),
    arguments: command.registeredArguments.map(valueOf),
  };
  const below = command.commands.flatMap((one) => placesOf(one, wordsTo(at, one.name())));
  return [place, ...below];
}

/** Each word that leads into a command below, after the words before it: `audit list`. */
export function commandWords(places: readonly Place[]): string[] {
  return places.flatMap(({ at, commands }) => commands.map(({ name }) => `${at} ${name}`));
}

/** Each option that takes a value, after the words of its command: `audit list --user`. */
export function valueOptions(places: readonly Place[]): string[] {
  return places.flatMap(({ at, options }) =>
    options.flatMap(({ names, value }) => (value === undefined ? [] : names.map((name) => `${at} ${name}`))),
  );
}

function wordsTo(at: string, name: string): string {
  return at === '' ? name : `${at} ${name}`;
}

function completedOption(option: Option): CompletedOption {
  return {
    names: [option.long, option.short].filter((name) => name !== undefined && name !== null),
    about: option.description,
    value: option.required || option.optional ? valueOf(option) : undefined,
  };
}

function valueOf(taker: Option | Argument): Value {
  if (taker.argChoices) return { words: taker.argChoices };
  const name = 'flags' in taker ? taker.flags : taker.name();
  return /\b(file|path)\b/.test(name.replace(/--\w+/, '')) ? 'file' : 'any';
}
