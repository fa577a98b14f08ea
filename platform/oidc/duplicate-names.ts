/**
 * Does an object in this JSON have a member twice? Parsers differ in which of the two they use (RFC 7519 §4), so that a
 * token could mean one thing here and another elsewhere. For JSON that has been parsed successfully.
 */
export function hasDuplicateNames(json: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
  for (const [text, colon] of json.matchAll(token)) {
    if (text === '{') open.push(new Set());
    else if (text === '[') open.push(undefined);
    else if (text === '}' || text === ']') open.pop();
    else if (colon !== undefined) {
      const name: unknown = JSON.parse(text.slice(0, -colon.length));
      const names = open.at(-1);
      if (names?.has(String(name)) === true) return true;
      names?.add(String(name));
    }
  }
  return false;
}
