import type { Client } from 'pg';

// What PostgreSQL's catalogs say of one schema. Read by the server's own functions and not by pg_dump, which comes with
// no package of ours and whose form changes with its version.

export interface Grant {
  to: string;
  privilege: string;
  /** Of a grant on single columns. */
  column?: string;
}

/** What a schema, a table, a sequence and a function have in common. */
export interface Owned {
  /** In full, as SQL writes it. */
  name: string;
  owner: string;
  comment: string | null;
  /** Those of the owner are left out as long as it has all. */
  grants: Grant[];
}

export interface Relation extends Owned {
  oid: number;
  kind: 'table' | 'sequence';
  rowSecurity: 'off' | 'on' | 'forced';
  partitionKey: string | null;
  /** Of a partition: the table that it is part of, and its bounds. */
  partitionOf: string | null;
  bounds: string | null;
}

/** Something that belongs to a table, as a whole line of SQL without its semicolon. */
export interface Belonging {
  oid: number;
  definition: string;
  comment: string | null;
}

export interface Catalog {
  administrator: string;
  schema: Owned;
  relations: Relation[];
  columns: Belonging[];
  constraints: Belonging[];
  indexes: Belonging[];
  triggers: Belonging[];
  policies: Belonging[];
  functions: (Owned & { signature: string; definition: string })[];
}

/** Throws when the schema holds something of a kind that isn't read here. */
export async function readCatalog(client: Client, schema: string): Promise<Catalog> {
  // With nothing on the path every name is written in full.
  await client.query(`SET search_path = ''`);
  await client.query(`SET TimeZone = 'UTC'`);
  const all = async <Row extends object>(sql: string) => (await client.query<Row>(sql, [schema])).rows;
  const unknown = await all<{ what: string }>(unknownThings);
  if (unknown.length > 0) throw new Error(`not described: ${unknown.map(({ what }) => what).join(', ')}`);
  const { rows } = await client.query<{ me: string }>('SELECT current_user::text AS me');
  const [described] = await all<Owned>(schemas);
  if (described === undefined) throw new Error(`there is no schema ${schema}`);
  return {
    administrator: rows[0]?.me ?? '',
    schema: described,
    relations: await all(relations),
    columns: await all(columns),
    constraints: await all(constraints),
    indexes: await all(indexes),
    triggers: await all(triggers),
    policies: await all(policies),
    functions: await all(functions),
  };
}

/** Who has which right by an access list, that of nobody but the owner by default; an owner that has all is left out. */
function grants(list: string, kind: 'n' | 'r' | 's' | 'f', owner: string): string {
  return `(SELECT coalesce(jsonb_agg(jsonb_build_object('privilege', a.privilege_type,
      'to', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END
        || CASE WHEN a.is_grantable AND a.grantee <> ${owner} THEN ' WITH GRANT OPTION' ELSE '' END)), '[]')
    FROM aclexplode(coalesce(${list}, acldefault('${kind}', ${owner}))) AS a
    WHERE a.grantee <> ${owner} OR EXISTS (
      SELECT FROM aclexplode(acldefault('${kind}', ${owner})) AS d WHERE d.grantee = ${owner} AND NOT EXISTS (
        SELECT FROM aclexplode(${list}) AS o WHERE o.grantee = ${owner} AND o.privilege_type = d.privilege_type)
        AND ${list} IS NOT NULL))`;
}

/** The same for single columns of a table. */
const columnGrants = `(SELECT coalesce(jsonb_agg(jsonb_build_object('privilege', a.privilege_type, 'column', quote_ident(t.attname),
      'to', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)), '[]')
    FROM pg_attribute t, aclexplode(t.attacl) AS a WHERE t.attrelid = c.oid)`;

const schemas = `
  SELECT quote_ident(nspname) AS name, pg_get_userbyid(nspowner) AS owner, obj_description(oid, 'pg_namespace') AS comment,
    ${grants('nspacl', 'n', 'nspowner')} AS grants
  FROM pg_namespace WHERE nspname = $1`;

const relations = `
  SELECT c.oid::bigint::integer, c.oid::regclass::text AS name, pg_get_userbyid(c.relowner) AS owner,
    obj_description(c.oid, 'pg_class') AS comment, CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
    CASE WHEN c.relforcerowsecurity AND c.relrowsecurity THEN 'forced' WHEN c.relrowsecurity THEN 'on' ELSE 'off' END
      AS "rowSecurity",
    pg_get_partkeydef(c.oid) AS "partitionKey", pg_get_expr(c.relpartbound, c.oid) AS bounds,
    (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = c.oid) AS "partitionOf",
    CASE c.relkind WHEN 'S' THEN ${grants('c.relacl', 's', 'c.relowner')}
      ELSE ${grants('c.relacl', 'r', 'c.relowner')} END || ${columnGrants} AS grants
  FROM pg_class c WHERE c.relnamespace = quote_ident($1)::regnamespace AND c.relkind IN ('r', 'p', 'S')
  ORDER BY c.relname COLLATE "C"`;

const columns = `
  SELECT a.attrelid::bigint::integer AS oid, col_description(a.attrelid, a.attnum) AS comment,
    quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
      || CASE WHEN a.attcollation NOT IN (0, t.typcollation) THEN format(' COLLATE %s', a.attcollation::regcollation) ELSE '' END
      || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
      || CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY'
        ELSE '' END
      || CASE a.attgenerated WHEN '' THEN coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
        ELSE ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ')' END AS definition
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = quote_ident($1)::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

// That a column is never null stands with the column, however this version keeps it.
const constraints = `
  SELECT conrelid::bigint::integer AS oid, obj_description(oid, 'pg_constraint') AS comment,
    format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS definition
  FROM pg_constraint
  WHERE connamespace = quote_ident($1)::regnamespace AND conrelid <> 0 AND conparentid = 0 AND conislocal AND contype NOT IN ('n', 't')
  ORDER BY conrelid, array_position('{p,u,x,f,c}'::text[], contype::text), conname COLLATE "C"`;

const indexes = `
  SELECT i.indrelid::bigint::integer AS oid, obj_description(i.indexrelid, 'pg_class') AS comment,
    pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = quote_ident($1)::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))
    AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = i.indexrelid)
  ORDER BY i.indrelid, c.relname COLLATE "C"`;

const triggers = `
  SELECT t.tgrelid::bigint::integer AS oid, obj_description(t.oid, 'pg_trigger') AS comment, pg_get_triggerdef(t.oid)
    || CASE t.tgenabled WHEN 'O' THEN '' ELSE format(E';\\nALTER TABLE %s %s TRIGGER %I', t.tgrelid::regclass,
      CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'DISABLE' END, t.tgname) END
    AS definition
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace = quote_ident($1)::regnamespace AND NOT t.tgisinternal
  ORDER BY t.tgrelid, t.tgname COLLATE "C"`;

const policies = `
  SELECT p.polrelid::bigint::integer AS oid, obj_description(p.oid, 'pg_policy') AS comment,
    format('CREATE POLICY %I ON %s', p.polname, p.polrelid::regclass)
      || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END
      || CASE p.polcmd WHEN '*' THEN '' WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE'
        ELSE ' FOR DELETE' END
      || CASE p.polroles WHEN '{0}' THEN '' ELSE ' TO '
        || (SELECT string_agg(quote_ident(pg_get_userbyid(r)), ', ' ORDER BY pg_get_userbyid(r) COLLATE "C")
          FROM unnest(p.polroles) AS r) END
      || coalesce(E'\\n  USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
      || coalesce(E'\\n  WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') AS definition
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = quote_ident($1)::regnamespace
  ORDER BY p.polrelid, p.polname COLLATE "C"`;

const functions = `
  SELECT p.oid::regprocedure::text AS name, p.oid::regprocedure::text AS signature, pg_get_userbyid(p.proowner) AS owner,
    obj_description(p.oid, 'pg_proc') AS comment, ${grants('p.proacl', 'f', 'p.proowner')} AS grants,
    pg_get_functiondef(p.oid) AS definition
  FROM pg_proc p WHERE p.pronamespace = quote_ident($1)::regnamespace AND p.prokind IN ('f', 'p')
  ORDER BY p.proname COLLATE "C", p.oid::regprocedure::text COLLATE "C"`;

const unknownThings = `
  SELECT format('relation %s of kind %s', oid::regclass, relkind) AS what FROM pg_class
    WHERE relnamespace = quote_ident($1)::regnamespace AND relkind NOT IN ('r', 'p', 'S', 'i', 'I')
  UNION ALL SELECT format('type %s', oid::regtype) FROM pg_type
    WHERE typnamespace = quote_ident($1)::regnamespace AND typrelid = 0 AND typelem = 0
  UNION ALL SELECT format('aggregate %s', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = quote_ident($1)::regnamespace AND prokind NOT IN ('f', 'p')
  UNION ALL SELECT 'constraint trigger ' || conname FROM pg_constraint
    WHERE connamespace = quote_ident($1)::regnamespace AND contype = 't'
  UNION ALL SELECT 'rule ' || r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE c.relnamespace = quote_ident($1)::regnamespace
  UNION ALL SELECT 'default privileges of ' || pg_get_userbyid(defaclrole) FROM pg_default_acl
    WHERE defaclnamespace IN (0, quote_ident($1)::regnamespace)
  UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
  UNION ALL SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'
  UNION ALL SELECT 'publication ' || pubname FROM pg_publication`;
