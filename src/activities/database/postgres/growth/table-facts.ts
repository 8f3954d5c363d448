import type pg from 'pg';
import { permanent } from '../../../../os/failure.ts';

/** What a table has that one in its place needs, too. */
export interface TableFacts {
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** Never null. */
    readonly required: boolean;
  }[];
  readonly keys: readonly { readonly primary: boolean; readonly columns: readonly string[] }[];
  /** Those that are no key, as statements. */
  readonly indexes: readonly { readonly index: string; readonly definition: string }[];
  /** Those of its columns, by a quoted name. */
  readonly sequences: readonly { readonly sequence: string; readonly column: string }[];
  readonly grants: readonly { readonly role: string; readonly privilege: string }[];
  /** What cannot be taken along: as text. */
  readonly obstacles: readonly string[];
}

/** Error: `InvalidInput`, when it is no plain table. */
export async function readTable(
  client: pg.Client,
  schema: string,
  name: string,
): Promise<TableFacts> {
  const ask = async <Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]) =>
    (await client.query<Row>(sql, values)).rows;
  const [table] = await ask<{ oid: number; owner: string; kind: string }>(
    `select c.oid::int as oid, pg_get_userbyid(c.relowner) as owner, c.relkind as kind from pg_class c
     join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    schema,
    name,
  );
  if (table?.kind !== 'r')
    throw permanent('InvalidInput', `"${name}" is no table that could be partitioned`);
  const { oid, owner } = table;
  const columns = await ask<TableFacts['columns'][number] & { identity: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required, attidentity as identity
     from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped order by attnum`,
    oid,
  );
  const keys = await ask<TableFacts['keys'][number]>(
    `select contype = 'p' as primary, array(select a.attname::text from unnest(conkey) with ordinality k(n, at)
       join pg_attribute a on a.attrelid = conrelid and a.attnum = k.n order by k.at) as columns
     from pg_constraint where conrelid = $1 and contype in ('p', 'u') order by contype, conname`,
    oid,
  );
  const indexes = await ask<TableFacts['indexes'][number]>(
    `select c.relname as index, pg_get_indexdef(i.indexrelid) as definition from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = $1 and not i.indisunique and not i.indisexclusion order by 1`,
    oid,
  );
  const sequences = await ask<TableFacts['sequences'][number]>(
    `select d.objid::regclass::text as sequence, a.attname as column from pg_depend d
     join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
     join pg_class s on s.oid = d.objid and s.relkind = 'S'
     where d.refobjid = $1 and d.deptype = 'a'`,
    oid,
  );
  const grants = await ask<TableFacts['grants'][number]>(
    `select case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end as role, x.privilege_type as privilege
     from pg_class c, aclexplode(c.relacl) x where c.oid = $1 and x.grantee <> c.relowner order by 1, 2`,
    oid,
  );
  const found = await ask<{ what: string }>(
    `select 'a foreign key of "' || conrelid::regclass || '" that refers to it' as what from pg_constraint where confrelid = $1 and contype = 'f'
     union all select 'foreign key "' || conname || '"' from pg_constraint where conrelid = $1 and contype in ('f', 'x')
     union all select 'trigger "' || tgname || '"' from pg_trigger where tgrelid = $1 and not tgisinternal
     union all select 'rule "' || rulename || '"' from pg_rewrite where ev_class = $1
     union all select 'view "' || r.ev_class::regclass || '" over it' from pg_depend d join pg_rewrite r on r.oid = d.objid
       where d.refobjid = $1 and d.classid = 'pg_rewrite'::regclass and r.ev_class <> $1
     union all select 'row security' from pg_class where oid = $1 and relrowsecurity
     union all select 'unique index "' || i.indexrelid::regclass || '" without a constraint' from pg_index i where i.indrelid = $1 and i.indisunique
       and not exists (select 1 from pg_constraint where conindid = i.indexrelid)
     union all select 'tables that inherit' from pg_inherits where inhrelid = $1 or inhparent = $1`,
    oid,
  );
  const counting = columns.find(({ identity }) => identity !== '')?.name;
  const obstacles = [...new Set(found.map(({ what }) => what))];
  return {
    schema,
    name,
    owner,
    columns,
    keys,
    indexes,
    sequences,
    grants,
    // Partitioned tables have none before version 17.
    obstacles: counting === undefined ? obstacles : [...obstacles, `an identity, "${counting}"`],
  };
}
