/** Longest line that is read; an entry takes a few kilobytes. */
const longestLine = 64 * 1024 * 1024;

interface LineReader {
  /** A line without its line feed. */
  onLine(line: string): void;
  /** The bytes of complete lines, line feeds included, after `onLine` was called for them. */
  onBytes(bytes: Uint8Array): void;
}

/** Splits bytes at line feeds and at nothing else. Returns whether the last line ended with one. */
export async function eachLine(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { onLine, onBytes }: LineReader,
): Promise<boolean> {
  let rest = Buffer.alloc(0);
  for await (const piece of source) {
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let begin = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, begin)) {
      onLine(bytes.toString('utf8', begin, end));
      onBytes(bytes.subarray(begin, end + 1));
      begin = end + 1;
    }
    rest = bytes.subarray(begin);
    if (rest.length > longestLine) return false;
  }
  if (rest.length === 0) return true;
  onLine(rest.toString('utf8'));
  onBytes(rest);
  return false;
}
