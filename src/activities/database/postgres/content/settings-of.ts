import type pg from 'pg';
import type { PostgresContent } from '../../copies.ts';

type Server = PostgresContent['server'];

interface Row {
  readonly version: string;
  readonly system: string;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  readonly icu: string | null;
  readonly owner: string;
  readonly limit: number;
}

/** What a dump does not say of its database: how to make the same anew. */
export async function settingsOf(client: pg.Client, dumpedBy: string): Promise<Server> {
  const { rows: versions } = await client.query<{ number: string }>(
    `select current_setting('server_version_num') as number`,
  );
  // Until version 16 the locale of ICU has another name, and before 15 there is none.
  const major = Math.floor(Number(versions[0]!.number) / 10_000);
  const icu = major >= 17 ? 'datlocale' : major >= 15 ? 'daticulocale' : 'null::text';
  const { rows } = await client.query<Row>(
    `select current_setting('server_version') as version,
       (select system_identifier::text from pg_control_system()) as system,
       pg_encoding_to_char(encoding) as encoding, datcollate as collate, datctype as ctype,
       ${icu} as icu, pg_get_userbyid(datdba) as owner, datconnlimit as limit
     from pg_database where datname = current_database()`,
  );
  const found = rows[0]!;
  const { rows: settings } = await client.query<{ role: string | null; set: string }>(
    `select case when setrole = 0 then null else pg_get_userbyid(setrole) end as role,
       unnest(setconfig) as set
     from pg_db_role_setting
     where setdatabase = (select oid from pg_database where datname = current_database())
     order by 1, 2`,
  );
  const { rows: grants } = await client.query<{ role: string; privilege: string }>(
    `select case when grantee = 0 then 'public' else pg_get_userbyid(grantee) end as role,
       privilege_type as privilege
     from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
     where datname = current_database() order by 1, 2`,
  );
  const { rows: roles } = await client.query<{ role: string }>(
    `select distinct pg_get_userbyid(refobjid) as role from pg_shdepend
     where refclassid = 'pg_authid'::regclass
       and dbid = (select oid from pg_database where datname = current_database()) order by 1`,
  );
  return {
    version: found.version.split(' ')[0]!,
    dumpedBy,
    systemIdentifier: found.system,
    encoding: found.encoding,
    collate: found.collate,
    ctype: found.ctype,
    ...(found.icu !== null && { icuLocale: found.icu }),
    owner: found.owner,
    connectionLimit: found.limit,
    settings: settings.map(({ role, set }) => ({ ...(role !== null && { role }), set })),
    grants,
    roles: [...new Set([found.owner, ...roles.map(({ role }) => role)])].toSorted(),
  };
}
