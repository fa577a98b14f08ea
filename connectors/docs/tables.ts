import { type AuditKey, actionTypeOf } from '#domain/audit/audit.ts';
import { auditViewOf } from '#domain/audit/audit-view.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { variableFacts } from '#platform/config/variable.ts';
import { connectors } from '../registry.ts';
import { connectorVariables } from '../variables.ts';

/** What follows from the registry in a page of `docs/`. */
export interface Table {
  /** Path in the project. */
  page: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** Every such table, one for each page. */
export function tablesOfConnectors(): readonly Table[] {
  return [
    {
      page: 'docs/configuration.md',
      columns: ['variable', 'default', 'form', 'what it is for'],
      rows: variableRows(),
    },
    { page: 'docs/audit-events.md', columns: ['event', 'kind', 'view', 'when'], rows: eventRows() },
    {
      page: 'docs/guarantees.md',
      columns: ['provider', 'action', 'how it is found again', 'the limit'],
      rows: guaranteeRows(),
    },
  ];
}

const begin = '<!-- From here on written by `npm run docs`, after what the connectors say. -->';
const end = '<!-- Up to here. -->';

/** The page with its table anew. Throws `RangeError` where the page has no place for it. */
export function withTable(text: string, { page, columns, rows }: Table): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new RangeError(`${page} has no place for a table of connectors`);
  const lines = [columns, columns.map(() => '---'), ...rows].map(line);
  return [text.slice(0, from), begin, '\n\n', lines.join('\n'), '\n\n', text.slice(to)].join('');
}

function line(cells: readonly string[]): string {
  // No spaces around the dashes, as in the tables that are written by hand.
  return cells.every((cell) => cell === '---') ? `|${cells.join('|')}|` : `| ${cells.join(' | ')} |`;
}

function variableRows(): string[][] {
  const { config } = parseConfig({ env: {}, needs: [], connectorVariables });
  return Object.entries(connectorVariables).map(([name, schema]) => {
    const { form = '', purpose = '', secret = false, aliases = [] } = variableFacts.get(schema) ?? {};
    const value = config.connectorVariables[name];
    const usual = typeof value === 'string' || typeof value === 'number' ? `\`${value}\`` : '–';
    const others = aliases.map((alias) => `\`${alias}\``).join(', ');
    return [
      `\`${name}\``,
      usual,
      `${form}${secret ? ' (secret)' : ''}`,
      `${purpose}${others === '' ? '' : `. Also ${others}`}`,
    ];
  });
}

function eventRows(): string[][] {
  const when = new Map<AuditKey, string[]>();
  for (const { audit, effect, title } of connectors.flatMap(({ actions }) => actions)) {
    const words = effect === 'read' ? title : `${title}: asked for, or done`;
    when.set(audit, [...(when.get(audit) ?? []), words]);
  }
  return [...when].map(([key, words]) => [
    `\`${key}\``,
    `\`${actionTypeOf(key)}\``,
    `\`${auditViewOf(key)}\``,
    words.join('; '),
  ]);
}

function guaranteeRows(): string[][] {
  return connectors.flatMap(({ title, actions }) =>
    actions.flatMap((action) =>
      action.effect === 'read'
        ? []
        : [[title, action.guarantee.of, action.guarantee.foundBy, action.guarantee.limit]],
    ),
  );
}
