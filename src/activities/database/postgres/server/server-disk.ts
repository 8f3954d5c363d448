import { readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { permanent } from '../../../../os/failure.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import type { Beside } from '../../driver.ts';
import { connectionText, type PostgresConnection } from './connection.ts';

/** A disk filled to its last block stops the server: so much is left free, in bytes. */
const MARGIN = 64 * 2 ** 20;

interface Row {
  /** Null: this role may not know. */
  readonly directory: string | null;
  readonly pid: number;
  /** In bytes. */
  readonly log: string;
  readonly spaces: string;
}

const ASKED = `select case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end as directory,
  pg_backend_pid() as pid, pg_size_bytes(current_setting('max_wal_size'))::text as log,
  (select count(*) from pg_tablespace where spcname not in ('pg_default', 'pg_global'))::text as spaces`;

/**
 * Demands that the server has the space for `bytes` more of a database, with the log that they make on the way. Where its disk cannot be seen
 * from here, that is said, and nothing is refused. `beside`: what is written meanwhile, in case it is the same disk. Error: `NoSpace`, with figures.
 */
export async function expectServerSpace(
  client: pg.Client,
  connection: PostgresConnection,
  bytes: number,
  beside?: Beside,
): Promise<{ readonly note: string }> {
  const { rows } = await client.query<Row>(ASKED);
  const { directory, pid, log, spaces } = rows[0]!;
  if (directory === null)
    return unknown(`"${connection.user}" is no member of pg_read_all_settings`);
  if (Number(spaces) > 0)
    return unknown('it has tablespaces, and what goes into which is not known');
  const place = placeOf(directory, pid);
  if (place === undefined) return unknown('the server is not on this host, or hides its disk');
  const { bavail, bsize } = statfsSync(place);
  const available = bavail * bsize;
  const shared = beside && isSameDisk(place, beside.directory) ? beside.bytes : 0;
  const needed = Math.ceil(bytes * 1.05) + Math.min(bytes, Number(log)) + MARGIN + shared;
  const both = shared > 0 ? ', with what the backup itself takes on the same disk' : '';
  if (available < needed)
    throw permanent(
      'NoSpace',
      `Not enough disk space on the server for a second copy of ${connectionText(connection)} in "${directory}": ${inMebibytes(needed)} needed${both}, ${inMebibytes(available)} available. "runbook backups list" names the databases that runs have kept there`,
    );
  return {
    note: `On the server: ${inMebibytes(needed)} needed${both}, ${inMebibytes(available)} available`,
  };
}

function unknown(why: string): { readonly note: string } {
  return { note: `Not known: the disk space of the server, because ${why}` };
}

/**
 * Where the server's directory is seen from here. Only when the process that answers us is one of this machine: an address says little, with
 * tunnels and containers. Its own root is asked first, where we may look: it may have mounts of its own.
 */
function placeOf(directory: string, pid: number): string | undefined {
  if (!isPostgres(pid)) return undefined;
  return [join(`/proc/${pid}/root`, directory), directory].find(isDirectory);
}

/** By its title, which ps shows: https://www.postgresql.org/docs/current/monitoring-ps.html */
function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres: ');
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isSameDisk(one: string, other: string): boolean {
  try {
    return statSync(one).dev === statSync(other).dev;
  } catch {
    return false;
  }
}
