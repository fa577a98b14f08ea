import type { Client } from 'pg';

/** Who may do what in the database of the client, a line each: `<role> <privilege> <object>`, as SQL names them. */
export async function readGrants(client: Client, prefix: string): Promise<readonly string[]> {
  // With nothing on the path every name is written in full.
  await client.query(`SET search_path = ''`);
  const { rows } = await client.query<{ line: string }>(catalogue, [prefix, `${prefix}\\_%`]);
  return [...new Set(rows.map(({ line }) => line))].toSorted();
}

const grantee = `CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END
  || CASE WHEN a.is_grantable THEN ' (may pass it on)' ELSE '' END`;

/** Whatever an access list gives to others than the owner; where there is none, what PostgreSQL gives by itself. */
function given(list: string, kind: string, owner: string, object: string, from: string): string {
  return `SELECT ${grantee}, a.privilege_type, ${object} FROM ${from},
    aclexplode(coalesce(${list}, acldefault('${kind}', ${owner}))) AS a WHERE a.grantee <> ${owner}`;
}

// Monthly partitions come and go; each is named by its parent, and what a month could have of its own stands out.
const relation = `coalesce((SELECT format('partitions of %s', inhparent::regclass) FROM pg_inherits WHERE inhrelid = c.oid),
  c.oid::regclass::text)`;
const ours = `NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')`;

const catalogue = `
  WITH installation AS (SELECT oid FROM pg_roles WHERE rolname LIKE $2),
  lines (role, privilege, object) AS (
    ${given('d.datacl', 'd', 'd.datdba', `'the database'`, '(SELECT * FROM pg_database WHERE datname = current_database()) AS d')}
    UNION ALL ${given('n.nspacl', 'n', 'n.nspowner', `'schema ' || quote_ident(n.nspname)`, `(SELECT * FROM pg_namespace WHERE oid ${ours}) AS n`)}
    UNION ALL ${given('c.relacl', 'r', 'c.relowner', relation, `(SELECT * FROM pg_class WHERE relkind NOT IN ('S', 'i', 'I', 'c', 't') AND relnamespace ${ours}) AS c`)}
    UNION ALL ${given('c.relacl', 's', 'c.relowner', relation, `(SELECT * FROM pg_class WHERE relkind = 'S' AND relnamespace ${ours}) AS c`)}
    UNION ALL SELECT ${grantee}, a.privilege_type, ${relation} || '.' || quote_ident(t.attname)
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) AS a WHERE c.relnamespace ${ours}
    UNION ALL ${given('p.proacl', 'f', 'p.proowner', 'p.oid::regprocedure::text', `(SELECT * FROM pg_proc WHERE pronamespace ${ours}) AS p`)}
    UNION ALL ${given('y.typacl', 'T', 'y.typowner', 'y.oid::regtype::text', `(SELECT * FROM pg_type WHERE typacl IS NOT NULL AND typnamespace ${ours}) AS y`)}
    -- Who owns what: of an installation's roles, since the administrator owns the rest.
    UNION ALL SELECT pg_get_userbyid(nspowner), 'OWNER', 'schema ' || quote_ident(nspname) FROM pg_namespace
      WHERE nspowner IN (SELECT oid FROM installation)
    UNION ALL SELECT pg_get_userbyid(relowner), 'OWNER', ${relation} FROM pg_class c
      WHERE relkind NOT IN ('i', 'I', 't', 'c') AND relowner IN (SELECT oid FROM installation)
    UNION ALL SELECT pg_get_userbyid(proowner), 'OWNER', oid::regprocedure::text FROM pg_proc
      WHERE proowner IN (SELECT oid FROM installation)
    -- Whose role one may take, or whose rights one has without asking.
    UNION ALL SELECT pg_get_userbyid(m.member), v.privilege, 'role ' || pg_get_userbyid(m.roleid) FROM pg_auth_members m,
      LATERAL (VALUES ('SET ROLE', m.set_option), ('INHERIT', m.inherit_option), ('ADMIN', m.admin_option)) AS v (privilege, has)
      WHERE v.has AND (m.member IN (SELECT oid FROM installation)
        OR (m.roleid IN (SELECT oid FROM installation) AND m.member <> current_user::regrole))
    UNION ALL SELECT pg_get_userbyid(r.oid), v.attribute, 'the server' FROM pg_roles r,
      LATERAL (VALUES ('LOGIN', rolcanlogin), ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
        ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) AS v (attribute, has)
      WHERE v.has AND r.oid IN (SELECT oid FROM installation)
    -- By default: what would be given to everything made from now on.
    UNION ALL SELECT ${grantee}, a.privilege_type, 'what ' || pg_get_userbyid(d.defaclrole) || ' makes from now on'
      FROM pg_default_acl d, aclexplode(d.defaclacl) AS a
  )
  SELECT format('%s %s %s', regexp_replace(role, '^' || $1 || '_', ''), privilege,
    -- Tenants come and go, and their roles are the server's: whoever may be one may be each.
    regexp_replace(object, '^role ' || $1 || '_(t_.*)?', CASE WHEN object ~ ('^role ' || $1 || '_t_') THEN 'role tenant' ELSE 'role ' END)) AS line
  FROM lines`;
