/**
 * Text in which nothing is hidden: what a browser would hide or obey (direction marks, zero-width characters) is
 * spelled out. The approver decides about exactly this.
 */
export function exactText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029\u3164\uffa0\u115f\u1160\u2800]/gu, (character) =>
      /[\n\t]/.test(character) ? character : escaped(character),
    );
}

function escaped(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `\\u{${point.toString(16).padStart(4, '0')}}`;
}
