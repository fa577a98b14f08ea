import type { ClientBase } from 'pg';

/** Runs a statement that can't take parameters; the server itself quotes names (`%I`) and literals (`%L`) into it. */
export async function runDdl(client: ClientBase, template: string, ...parts: string[]): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    'SELECT format($1, VARIADIC $2::text[]) AS statement',
    [template, parts],
  );
  for (const { statement } of rows) await client.query(statement);
}
