import { commandWords, type Place, type Value, valueOptions } from './places.ts';
import { caseLine, quoted } from './quoted.ts';

/** A completion script for bash, from 3.2 (macOS) on. */
export function bashCompletion(places: readonly Place[]): string {
  const values = places.flatMap(({ at, options }) =>
    options.flatMap(({ names, value }) =>
      value
        ? caseLine(
            names.map((name) => `${at} ${name}`),
            offer(value),
          )
        : [],
    ),
  );
  const options = places.flatMap(({ at, options }) =>
    caseLine([at], `words=${quoted(options.flatMap(({ names }) => names).join(' '))}`),
  );
  const rest = places.flatMap((place) => [
    ...(place.commands.length > 0
      ? caseLine([`${place.at} 0`], `words=${quoted(place.commands.map(({ name }) => name).join(' '))}`)
      : []),
    ...place.arguments.flatMap((value, n) => caseLine([`${place.at} ${n}`], offer(value))),
  ]);
  return `# bash completion of openclaw: source <(openclaw completion bash)
_openclaw() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at='' option='' words='' files='' place=0 word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    # bash takes \`--option=value\` apart.
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $option ]]; then option=''; continue; fi
    case "$at $word" in
${[...caseLine(valueOptions(places), 'option="$word"'), ...caseLine(commandWords(places), 'at="${at:+$at }$word"')].join('\n')}
    *) [[ $word == -* ]] || place=$((place + 1)) ;;
    esac
  done
  if [[ $current == '=' ]]; then current=''; fi
  if [[ -n $option ]]; then
    case "$at $option" in
${values.join('\n')}
    esac
  elif [[ $current == -* ]]; then
    case "$at" in
${options.join('\n')}
    esac
  else
    case "$at $place" in
${rest.join('\n')}
    esac
  fi
  if [[ -n $files ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -F _openclaw openclaw
`;
}

function offer(value: Value | undefined): string | undefined {
  if (value === undefined || value === 'any') return undefined;
  return value === 'file' ? 'files=1' : `words=${quoted(value.words.join(' '))}`;
}
