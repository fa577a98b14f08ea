import { parseSync } from 'vite';

/** Every text that a program says: strings, pieces of templates, what stands between tags. Comments and imports say none. */
export function textsIn(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`);
  const texts: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (!isNode(node)) return;
    const said = textOf(node);
    if (said !== undefined) texts.push(said);
    for (const [name, child] of Object.entries(node)) if (name !== 'source') walk(child);
  };
  walk(program);
  return texts;
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function textOf({ type, value }: Node): string | undefined {
  switch (type) {
    case 'Literal':
    case 'JSXText':
      return typeof value === 'string' ? value : undefined;
    case 'TemplateElement':
      return isNode(value) ? String(value['cooked'] ?? value['raw']) : undefined;
    default:
      return undefined;
  }
}
