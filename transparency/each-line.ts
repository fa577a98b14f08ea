/** Longest line that is read, in bytes: an entry takes a few kilobytes and 1 MiB at most, a header 1 MiB in seven years. */
const longestLine = 4 * 1024 * 1024;

interface LineReader {
  /** A line without its line feed. One that is not UTF-8 begins with NUL, so that it passes for no JSON. */
  onLine(line: string): void;
  /** The bytes of complete lines, line feeds included, after `onLine` was called for them. */
  onBytes(bytes: Uint8Array): void;
}

/**
 * Splits bytes at line feeds and at nothing else. Returns whether the last line ended with one. Nothing is read from a line
 * on that is too long.
 */
export async function eachLine(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { onLine, onBytes }: LineReader,
): Promise<boolean> {
  let rest = Buffer.alloc(0);
  for await (const piece of source) {
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let begin = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, begin)) {
      if (end - begin > longestLine) return false;
      onLine(textOf(bytes.subarray(begin, end)));
      onBytes(bytes.subarray(begin, end + 1));
      begin = end + 1;
    }
    rest = bytes.subarray(begin);
    if (rest.length > longestLine) return false;
  }
  if (rest.length === 0) return true;
  onLine(textOf(rest));
  onBytes(rest);
  return false;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return `\0${Buffer.from(bytes).toString('utf8')}`;
  }
}
