/**
 * A sentence that stands for an action. Notation, word by word:
 * `list|show` one of these words, `[the]` may be left out, `{repository}` one word, `{repository}#{number}` words
 * joined by punctuation, `{...body}` everything to the end, exactly as written.
 */
export interface Intent {
  /** The texts of the slots when the whole sentence matches, else `undefined`. */
  match(text: string): Readonly<Record<string, string>> | undefined;
  /** The slots that have no text when nothing else is missing, else `undefined`. */
  missing(text: string): readonly string[] | undefined;
  /** Does the last slot take everything to the end? Then nothing may be trimmed there. */
  readonly takesRest: boolean;
}

/** Longest text of a one-word slot and longest space between words. With these limits matching takes linear time. */
const slotLimit = 200;
const spaceLimit = 20;

interface Word {
  optional: boolean;
  /** Literal alternatives and slots in turn. */
  pieces: readonly Piece[];
}

type Piece = { literal: string } | { slot: string; rest: boolean };

/** Throws `SyntaxError` for a sentence that doesn't follow the notation. */
export function parseIntent(sentence: string): Intent {
  const words = sentence.split(' ').map(parseWord);
  const slots = words.flatMap(({ pieces }) => pieces).filter((piece) => 'slot' in piece);
  const names = slots.map(({ slot }) => slot);
  if (new Set(names).size !== names.length) throw new SyntaxError(`a slot occurs twice in: ${sentence}`);
  const whole = patternOf(words, false);
  const gaps = [...cuts(words).map((cut) => patternOf(cut, false)), patternOf(words, true)];
  return {
    takesRest: slots.at(-1)?.rest === true,
    match(text) {
      const groups = whole.exec(text)?.groups;
      return groups === undefined ? undefined : { ...groups };
    },
    missing(text) {
      for (const pattern of gaps) {
        const found = pattern.exec(text);
        const empty = names.filter((name) => (found?.groups?.[name] ?? '') === '');
        if (found !== null && empty.length > 0) return empty;
      }
      return undefined;
    },
  };
}

function parseWord(word: string): Word {
  const optional = /^\[[a-z|]+\]$/.test(word);
  const text = optional ? word.slice(1, -1) : word;
  const pieces = text
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map(parsePiece);
  const slotsMeet = pieces.some((piece, at) => at > 0 && 'slot' in piece && 'slot' in (pieces[at - 1] ?? {}));
  if (pieces.length === 0 || slotsMeet) throw new SyntaxError(`not a word of an intent: "${word}"`);
  return { optional, pieces };
}

function parsePiece(text: string): Piece {
  const slot = /^\{(\.\.\.)?([a-z_]+)\}$/.exec(text);
  if (slot?.[2] !== undefined) return { slot: slot[2], rest: slot[1] !== undefined };
  if (!/^[a-z|]+$|^[#:]$/.test(text)) throw new SyntaxError(`not a piece of an intent: "${text}"`);
  return { literal: text };
}

/**
 * The sentence cut where a person might stop: after two fixed words, with only slots and at most one more fixed word
 * ("of") to come.
 */
function cuts(words: readonly Word[]): readonly (readonly Word[])[] {
  const isFixed = (word: Word) => !word.optional && word.pieces.every((piece) => 'literal' in piece);
  return words
    .map((_word, at) => ({ before: words.slice(0, at), after: words.slice(at) }))
    .filter(({ before, after }) => {
      const asks = after.some(({ pieces }) => pieces.some((piece) => 'slot' in piece));
      return asks && before.filter(isFixed).length >= 2 && after.filter(isFixed).length <= 1;
    })
    .map(({ before }) => before);
}

function patternOf(words: readonly Word[], withGaps: boolean): RegExp {
  const source = words.map((word, at) => {
    const body = word.pieces.map((piece, n) => sourceOf(piece, word.pieces[n + 1], withGaps)).join('');
    const space = spaceBefore(word, words[at - 1], withGaps);
    return word.optional ? `(?:${space}${body})?` : `${space}${body}`;
  });
  return new RegExp(`^${source.join('')}$`, 'i');
}

function spaceBefore(word: Word, before: Word | undefined, withGaps: boolean): string {
  if (before === undefined) return '';
  const last = before.pieces.at(-1);
  const afterColon = last !== undefined && 'literal' in last && last.literal === ':';
  const takesRest = word.pieces.some((piece) => 'slot' in piece && piece.rest);
  if (takesRest && afterColon) return '\\s*';
  const hasSlot = word.pieces.some((piece) => 'slot' in piece);
  return `\\s{${withGaps && hasSlot ? 0 : 1},${spaceLimit}}`;
}

function sourceOf(piece: Piece, next: Piece | undefined, withGaps: boolean): string {
  if ('literal' in piece) {
    const isWord = /^[a-z|]+$/.test(piece.literal);
    return `(?:${piece.literal})${withGaps && !isWord ? '?' : ''}`;
  }
  if (piece.rest) return `(?<${piece.slot}>[\\s\\S]${withGaps ? '*' : '+'})`;
  const end = next !== undefined && 'literal' in next ? next.literal : '';
  return `(?<${piece.slot}>[^\\s${end}]{${withGaps ? 0 : 1},${slotLimit}})`;
}
