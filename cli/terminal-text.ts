import { stripVTControlCharacters } from 'node:util';

// Titles, comments and answers come from outside. Printed as they are, they could move the cursor, retitle the
// window, or turn the direction of the text so that it reads as something else.
const controls = /(?![\n\t])[\p{Cc}\u2028\u2029]/gu;
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside without anything that a terminal obeys. Line breaks and tabs stay. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .replace(controls, '')
    .replace(directions, '');
}

/** The same on one line, for tables and headings. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** Text from outside in which nothing may be hidden: what a terminal would obey or hide is spelled out (`\u001b`). */
export function exactText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );
}

/** JSON that is safe to print: same value, with C1 controls and direction marks escaped as well. */
export function plainJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent)
    .replace(/[\u007f-\u009f\u2028\u2029]/gu, escaped)
    .replace(directions, escaped);
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
