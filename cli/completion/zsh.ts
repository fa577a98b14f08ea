import { commandWords, type Place, type Value, valueOptions } from './places.ts';
import { caseLine, quoted } from './quoted.ts';

/** A completion script for zsh: to be sourced, or to be a file `_openclaw` in a folder of `$fpath`. */
export function zshCompletion(places: readonly Place[]): string {
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
    caseLine([at], found(options.flatMap(({ names, about }) => names.map((name) => ({ name, about }))))),
  );
  const rest = places.flatMap((place) => [
    ...(place.commands.length > 0 ? caseLine([`${place.at} 0`], found(place.commands)) : []),
    ...place.arguments.flatMap((value, n) => caseLine([`${place.at} ${n}`], offer(value))),
  ]);
  return `#compdef openclaw
# zsh completion of openclaw: source <(openclaw completion zsh)
_openclaw() {
  local at='' option='' files='' word current="\${words[CURRENT]}"
  local -i place=0
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $option ]]; then option=''; continue; fi
    case "$at $word" in
${[...caseLine(valueOptions(places), 'option="$word"'), ...caseLine(commandWords(places), 'at="${at:+$at }$word"')].join('\n')}
    *) [[ $word == -* ]] || place+=1 ;;
    esac
  done
  if [[ -z $option && $current == --*=* ]]; then
    option="\${current%%=*}"
    compset -P '*='
  fi
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
  if [[ -n $files ]]; then _files; elif (( $#found )); then _describe openclaw found; fi
}
if [[ $funcstack[1] == _openclaw ]]; then _openclaw "$@"; else compdef _openclaw openclaw; fi
`;
}

function offer(value: Value | undefined): string | undefined {
  if (value === undefined || value === 'any') return undefined;
  return value === 'file' ? 'files=1' : `found=(${value.words.map(quoted).join(' ')})`;
}

/** Words with what they mean, as `_describe` takes them. */
function found(words: readonly { name: string; about: string }[]): string {
  const told = words.map(({ name, about }) => quoted(`${name.replaceAll(':', '\\:')}:${about}`));
  return `found=(${told.join(' ')})`;
}
