import { createHash } from 'node:crypto';
import type pg from 'pg';

/** What was made by people: neither the server's own, nor that of an extension, which its version names. */
const OURS = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`;
const NO_EXTENSION = (catalog: string, oid: string) =>
  `not exists (select 1 from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;
const ACL = (acl: string, kind: string, owner: string) =>
  `(select string_agg(a.text, ',' order by a.text) from (select format('%s=%s%s', case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end, x.privilege_type, case when x.is_grantable then '*' else '' end) as text from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) x) a)`;

/** One line for each definition, owner and right. With `search_path` empty, so that every name has its schema. */
const LINES = `select line from (
select format('schema %s %s %s', n.nspname, pg_get_userbyid(n.nspowner), ${ACL('n.nspacl', 'n', 'n.nspowner')})
  from pg_namespace n where ${OURS}
union all
select format('extension %s %s %s', e.extname, e.extversion, n.nspname)
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace
union all
select format('relation %s.%s %s %s %s %s %s %s', n.nspname, c.relname, c.relkind, c.relpersistence,
    pg_get_userbyid(c.relowner), c.relrowsecurity, c.reloptions,
    ${ACL('c.relacl', 'r', 'c.relowner')})
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${OURS} and ${NO_EXTENSION('pg_class', 'c.oid')}
union all
select format('column %s.%s %s %s %s %s %s %s %s', n.nspname, c.relname, a.attname,
    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
    pg_get_expr(d.adbin, d.adrelid), case when a.attcollation <> 0 then a.attcollation::regcollation::text end)
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and ${OURS}
    and ${NO_EXTENSION('pg_class', 'c.oid')}
union all
select format('sequence %s.%s %s %s', n.nspname, c.relname, pg_get_userbyid(c.relowner),
    (select row(s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcycle)::text from pg_sequence s where s.seqrelid = c.oid))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'S' and ${OURS} and ${NO_EXTENSION('pg_class', 'c.oid')}
union all
select format('view %s.%s %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and ${OURS} and ${NO_EXTENSION('pg_class', 'c.oid')}
union all
select format('constraint %s %s.%s %s', k.conrelid::regclass, n.nspname, k.conname, pg_get_constraintdef(k.oid))
  from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${OURS} and ${NO_EXTENSION('pg_constraint', 'k.oid')}
union all
select format('index %s %s %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered)
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and ${NO_EXTENSION('pg_class', 'i.indrelid')}
union all
select format('function %s', pg_get_functiondef(p.oid)) || format(' %s %s', pg_get_userbyid(p.proowner), ${ACL('p.proacl', 'f', 'p.proowner')})
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prokind in ('f', 'p', 'w') and ${OURS} and ${NO_EXTENSION('pg_proc', 'p.oid')}
union all
select format('trigger %s %s', pg_get_triggerdef(t.oid), t.tgenabled)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and ${OURS}
union all
select format('rule %s', pg_get_ruledef(r.oid))
  from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
  where r.rulename <> '_RETURN' and ${OURS}
union all
select format('type %s.%s %s %s %s', n.nspname, t.typname, t.typtype, pg_get_userbyid(t.typowner),
    (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where t.typtype in ('e', 'd', 'r') and ${OURS} and ${NO_EXTENSION('pg_type', 't.oid')}
union all
select format('policy %s %s %s %s %s %s %s', p.schemaname, p.tablename, p.policyname, p.permissive, p.cmd, p.qual, p.with_check)
  from pg_policies p
union all
select format('statistics %s', pg_get_statisticsobjdef(s.oid)) from pg_statistic_ext s
union all
select format('partitioned %s.%s %s', n.nspname, c.relname, pg_get_partkeydef(c.oid))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'p' and ${OURS}
union all
select format('inherits %s %s %s', i.inhrelid::regclass, i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid))
  from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and ${OURS}
union all
select format('forced row security %s.%s', n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relforcerowsecurity and ${OURS}
union all
select format('role of policy %s.%s %s %s', schemaname, tablename, policyname, roles) from pg_policies where roles <> '{public}'
) as l(line) order by line collate "C"`;

/** Every definition in a database, as lines in a lasting order. */
export async function schemaLines(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<string[]>({ text: LINES, rowMode: 'array' });
  return rows.map(([line]) => line!);
}

export function schemaHashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
