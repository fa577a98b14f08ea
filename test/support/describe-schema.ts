import type { Client } from 'pg';
import { type Belonging, type Catalog, type Owned, type Relation, readCatalog } from './schema-catalog.ts';

interface Described {
  schema: string;
  /** Prefix of the installation's roles; `openclaw` in what is written. */
  prefix: string;
  /** What the first line calls it. */
  title: string;
  /** The roles that come with it. */
  roles: readonly string[];
}

/** Everything that the migrations made of a schema, as SQL in an order that stays: of a function, the definition that holds. */
export async function describeSchema(
  client: Client,
  { schema, prefix, title, roles }: Described,
): Promise<string> {
  const catalog = await readCatalog(client, schema);
  const { administrator } = catalog;
  const parts = [
    [
      `-- ${title}, as the migrations leave it.`,
      '-- Written by `npm run schema`, compared by a test, never run. What names no owner belongs to whoever migrated; what',
      '-- no line grants is granted to nobody.',
    ].join('\n'),
    await describeRoles(client, roles),
    [
      `CREATE SCHEMA ${catalog.schema.name};`,
      ...rights(catalog.schema, { administrator, kind: 'SCHEMA' }),
    ].join('\n'),
    ...new Set(catalog.relations.map((relation) => oneOfMany(describeRelation(relation, catalog), relation))),
    ...catalog.functions.map((described) =>
      [
        ...comment(described.comment),
        `${described.definition.trimEnd()};`,
        ...rights(described, { administrator, kind: 'FUNCTION' }),
      ].join('\n'),
    ),
  ];
  return `${parts.join('\n\n').replaceAll(`${prefix}_`, 'openclaw_')}\n`;
}

async function describeRoles(client: Client, roles: readonly string[]): Promise<string> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT format('CREATE ROLE %I', rolname)
       || CASE WHEN rolcanlogin THEN ' LOGIN' ELSE ' NOLOGIN' END
       || CASE WHEN rolinherit THEN ' INHERIT' ELSE ' NOINHERIT' END
       || CASE WHEN rolsuper THEN ' SUPERUSER' ELSE '' END || CASE WHEN rolcreaterole THEN ' CREATEROLE' ELSE '' END
       || CASE WHEN rolcreatedb THEN ' CREATEDB' ELSE '' END || CASE WHEN rolreplication THEN ' REPLICATION' ELSE '' END
       || CASE WHEN rolbypassrls THEN ' BYPASSRLS' ELSE '' END || ';' AS line
     FROM pg_roles WHERE rolname = ANY ($1)
     UNION ALL
     SELECT format('GRANT %I TO %I WITH INHERIT %s, SET %s;', pg_get_userbyid(roleid), pg_get_userbyid(member),
       upper(inherit_option::text), upper(set_option::text))
     FROM pg_auth_members WHERE pg_get_userbyid(roleid) = ANY ($1)`,
    [roles],
  );
  return rows
    .map(({ line }) => line)
    .toSorted()
    .join('\n');
}

function describeRelation(relation: Relation, catalog: Catalog): string {
  const { name, partitionOf, bounds, partitionKey, kind, rowSecurity } = relation;
  const own = (list: readonly Belonging[]) => list.filter(({ oid }) => oid === relation.oid);
  const statements = (list: readonly Belonging[]) =>
    own(list).flatMap((one) => [...comment(one.comment), `${one.definition};`]);
  const body = [...own(catalog.columns), ...own(catalog.constraints)];
  const made =
    kind === 'sequence'
      ? [`CREATE SEQUENCE ${name};`]
      : partitionOf === null
        ? [
            `CREATE TABLE ${name} (`,
            ...body.flatMap((one, n) => [
              ...comment(one.comment).map((line) => `  ${line}`),
              `  ${one.definition}${n < body.length - 1 ? ',' : ''}`,
            ]),
            partitionKey === null ? ');' : `) PARTITION BY ${partitionKey};`,
          ]
        : [
            `CREATE TABLE ${name} PARTITION OF ${partitionOf}${own(catalog.constraints)
              .map((one) => `\n  ${one.definition}`)
              .join('')} ${bounds ?? ''};`,
          ];
  return [
    ...comment(relation.comment),
    ...made,
    ...statements(catalog.indexes),
    ...statements(catalog.triggers),
    ...(rowSecurity === 'off' ? [] : [`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`]),
    ...(rowSecurity === 'forced' ? [`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`] : []),
    ...statements(catalog.policies),
    ...rights(relation, {
      administrator: catalog.administrator,
      kind: kind === 'sequence' ? 'SEQUENCE' : 'TABLE',
    }),
  ].join('\n');
}

/** Partitions are made by the month: as long as all are alike one stands for all, without its month. */
function oneOfMany(text: string, { partitionOf }: Relation): string {
  if (partitionOf === null) return text;
  return text
    .replaceAll(/\d{4}_\d\d\b/g, 'YYYY_MM')
    .replaceAll(/\d{4}-\d\d(-01 00:00:00\+00)?/g, 'YYYY-MM$1');
}

function comment(text: string | null): string[] {
  return text === null ? [] : text.split('\n').map((line) => `-- ${line}`);
}

function rights(
  { name, owner, grants }: Owned,
  { kind, administrator }: { kind: string; administrator: string },
): string[] {
  const granted = new Map<string, Set<string>>();
  const columns = new Map<string, string[]>();
  for (const { to, privilege, column } of grants) {
    if (column === undefined) {
      granted.set(to, (granted.get(to) ?? new Set()).add(privilege));
    } else {
      const key = `${to}\n${privilege}`;
      columns.set(key, [...(columns.get(key) ?? []), column]);
    }
  }
  for (const [key, names] of columns) {
    const [to = '', privilege = ''] = key.split('\n');
    granted.set(to, (granted.get(to) ?? new Set()).add(`${privilege} (${names.toSorted().join(', ')})`));
  }
  return [
    ...(owner === administrator ? [] : [`ALTER ${kind} ${name} OWNER TO ${owner};`]),
    ...[...granted]
      .map(
        ([to, privileges]) => `GRANT ${[...privileges].toSorted().join(', ')} ON ${kind} ${name} TO ${to};`,
      )
      .toSorted(),
  ];
}
