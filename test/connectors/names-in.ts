import { parseSync } from 'vite';

/** A name or text of a program: an identifier, an import specifier, a string, a regular expression. */
export interface Name {
  text: string;
  /** Where it begins, in UTF-16 units. */
  at: number;
}

/** Everything that a program names or says; its comments are no part of that. Throws where it can't be parsed. */
export function namesIn(file: string, source: string): Name[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`);
  const names: Name[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (!isNode(node)) return;
    const text = textOf(node);
    if (text !== undefined) names.push({ text, at: Number(node['start']) });
    for (const child of Object.values(node)) walk(child);
  };
  walk(program);
  return names;
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !(value instanceof RegExp);
}

function textOf(node: Node): string | undefined {
  switch (node['type']) {
    case 'Identifier':
    case 'PrivateIdentifier':
    case 'JSXIdentifier':
      return String(node['name']);
    case 'JSXText':
      return String(node['value']);
    case 'Literal':
      // `\bgithub` says github.
      if (isNode(node['regex'])) return String(node['regex']['pattern']).replaceAll(/\\./g, ' ');
      return typeof node['value'] === 'string' ? node['value'] : undefined;
    case 'TemplateElement':
      return isNode(node['value']) ? String(node['value']['raw']) : undefined;
    default:
      return undefined;
  }
}

/** Does the text hold one of these, as words of it: `github` in `createGitHubClient`, in `GITHUB_API_URL`, in `githubs`? */
export function saysOne(text: string, names: readonly string[]): boolean {
  return text.split(/[^A-Za-z]+/).some((joined) => {
    const words = joined.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
    return words.some((first, at) => {
      const runs = words.slice(at).map((_, more) =>
        words
          .slice(at, at + more + 1)
          .join('')
          .toLowerCase(),
      );
      return names.some((name) => first.toLowerCase().startsWith(name) || runs.includes(name));
    });
  });
}
