import type pg from 'pg';

/** What a plan to grow has to know of a server. */
export interface ServerFacts {
  readonly version: string;
  /** Connections that are not kept for superusers. */
  readonly connections: number;
  /** `minimal`, `replica` or `logical`. */
  readonly walLevel: string;
  readonly senders: number;
  readonly slots: number;
  /** How the server keeps passwords: `scram-sha-256` or `md5`. */
  readonly passwords: string;
  /** -1: a slot that nobody reads keeps the log until the disk is full. */
  readonly slotKeeps: number;
}

export async function readServerFacts(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query<Record<keyof ServerFacts, string>>(
    `select current_setting('server_version') as version,
       (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int)::text as connections,
       current_setting('wal_level') as "walLevel", current_setting('max_wal_senders') as senders,
       current_setting('max_replication_slots') as slots, current_setting('password_encryption') as passwords,
       (select setting from pg_settings where name = 'max_slot_wal_keep_size') as "slotKeeps"`,
  );
  const { version, connections, walLevel, senders, slots, passwords, slotKeeps } = rows[0]!;
  return {
    version: version.split(' ')[0]!,
    connections: Number(connections),
    walLevel,
    senders: Number(senders),
    slots: Number(slots),
    passwords,
    slotKeeps: Number(slotKeeps),
  };
}
