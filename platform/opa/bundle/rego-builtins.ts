import { type Token, tokensOf } from './rego-tokens.ts';

/** A built-in that Rego uses, and where. */
export interface BuiltinUse {
  name: string;
  file: string;
  line: number;
}

/**
 * The built-ins that files of Rego call, or replace by `with`, in the order of the text. Errs to the safe side: what is
 * neither a function of its own package, nor imported, nor under `data` counts as a built-in.
 */
export function builtinsUsed(files: ReadonlyMap<string, string>): BuiltinUse[] {
  const read = [...files].map(([file, rego]) => ({ file, tokens: tokensOf(rego) }));
  const defined = new Map<string, Set<string>>();
  for (const { tokens } of read) {
    const functions = defined.get(packageOf(tokens)) ?? new Set();
    for (const name of functionsIn(tokens)) functions.add(firstOf(name));
    defined.set(packageOf(tokens), functions);
  }
  return read.flatMap(({ file, tokens }) => {
    const own = new Set(['data', 'input', ...importedIn(tokens), ...(defined.get(packageOf(tokens)) ?? [])]);
    return [...usedIn(tokens)]
      .filter(({ text }) => !own.has(firstOf(text)))
      .map(({ text, line }) => ({ name: text, file, line }));
  });
}

const ofOperator = new Map([
  ['/', 'div'],
  ['%', 'rem'],
]);

function* usedIn(tokens: readonly Token[]): Generator<Token> {
  for (const [at, token] of tokens.entries()) {
    const operator = token.kind === 'mark' ? ofOperator.get(token.text) : undefined;
    if (operator !== undefined) yield { ...token, text: operator };
    if (token.kind === 'template') yield { ...token, text: 'internal.template_string' };
    const replaced = isKeyword(tokens[at - 1], 'with');
    if (token.kind === 'name' && (replaced || isMark(tokens[at + 1], '('))) yield token;
  }
}

/** Names before a bracket where a rule begins: outside of every bracket, on a new line, after something complete. */
function functionsIn(tokens: readonly Token[]): string[] {
  const found: string[] = [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1];
    if (token.kind === 'mark' && '([{'.includes(token.text)) depth += 1;
    if (token.kind === 'mark' && ')]}'.includes(token.text)) depth -= 1;
    if (depth > 0 || token.kind !== 'name' || !isMark(tokens[at + 1], '(')) continue;
    const begins = before === undefined || (isComplete(before) && before.line < token.line);
    if (begins || isKeyword(before, 'default')) found.push(token.text);
  }
  return found;
}

function isComplete({ kind, text }: Token): boolean {
  return (
    kind === 'name' ||
    kind === 'literal' ||
    (kind === 'mark' && ')]}'.includes(text)) ||
    (kind === 'keyword' && ['true', 'false', 'null'].includes(text))
  );
}

function importedIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, at) => {
    const [name, as, alias] = tokens.slice(at + 1, at + 4);
    if (!isKeyword(token, 'import') || name === undefined) return [];
    if (isKeyword(as, 'as') && alias !== undefined) return [alias.text];
    return ['rego', 'future'].includes(firstOf(name.text)) ? [] : [name.text.split('.').at(-1) ?? ''];
  });
}

function packageOf(tokens: readonly Token[]): string {
  return tokens[tokens.findIndex((token) => isKeyword(token, 'package')) + 1]?.text ?? '';
}

function firstOf(name: string): string {
  return name.split('.', 1)[0] ?? '';
}

function isKeyword(token: Token | undefined, text: string): token is Token {
  return token?.kind === 'keyword' && token.text === text;
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}
