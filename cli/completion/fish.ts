import { type CompletedOption, commandWords, type Place, type Value, valueOptions } from './places.ts';

/** A completion script for fish. */
export function fishCompletion(places: readonly Place[]): string {
  return `# fish completion of openclaw: openclaw completion fish | source
function __openclaw_at --description 'Is this command being written, and how many arguments has it so far?'
    set -l at ''
    set -l place 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- "$at $word" ${valueOptions(places).map(quoted).join(' ')}
            set skip 1
        else if contains -- "$at $word" ${commandWords(places).map(quoted).join(' ')}
            set at (string trim -- "$at $word")
        else if not string match -q -- '-*' $word
            set place (math $place + 1)
        end
    end
    test "$at" = "$argv[1]"; or return 1
    test (count $argv) = 1; or test $place = $argv[2]
end
complete -c openclaw -f
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf(place: Place): string[] {
  return [
    ...place.commands.map(({ name, about }) => `${on(place.at, 0)} -a ${quoted(name)} -d ${quoted(about)}`),
    ...place.options.map((option) => `${on(place.at)} ${optionWords(option)}`),
    ...place.arguments.flatMap((value, n) => (value === 'any' ? [] : [`${on(place.at, n)} ${offer(value)}`])),
  ];
}

function on(at: string, place?: number): string {
  const condition = `__openclaw_at ${quoted(at)}${place === undefined ? '' : ` ${place}`}`;
  return `complete -c openclaw -n ${quoted(condition)}`;
}

function optionWords({ names, about, value }: CompletedOption): string {
  const words = names.map((name) =>
    name.startsWith('--') ? `-l ${quoted(name.slice(2))}` : `-s ${quoted(name.slice(1))}`,
  );
  if (value !== undefined) words.push('-r', offer(value));
  return [...words, '-d', quoted(about)].join(' ');
}

function offer(value: Value): string {
  if (value === 'any') return '-f';
  return value === 'file' ? '-F' : `-f -a ${quoted(value.words.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
