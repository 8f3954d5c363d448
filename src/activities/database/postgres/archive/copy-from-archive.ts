import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { countText } from '../../../../config/text/count-text.ts';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { expectSpaceFor } from '../../../../os/files/disk-space.ts';
import { userEntry } from '../../../../os/owner/user-entry.ts';
import { run } from '../../../../os/process/command.ts';
import type { PostgresContent } from '../../copies.ts';
import { copyLive } from '../copy-live.ts';
import { connectionOf } from '../server/connection.ts';
import { archiveOf, expectCovered } from './archive-info.ts';
import { liveIdentifier } from './live-identifier.ts';
import { cannot } from './why-not-recovered.ts';
import { withStarted } from './with-started.ts';

/** In ms: to fetch some 100 GB. */
const RESTORE_WITHIN = 12 * 3_600_000;

/** Its configuration may name where links and tablespaces go in a recovery: that is where the live server has its own. */
const HERE_ALONE = ['--no-link-all', '--reset-link-map', '--reset-tablespace-map', '--no-delta'];

/**
 * Makes a dump of the database as it was at `time` (ISO 8601): pgBackRest restores the cluster of that moment into a directory of its own, a server without
 * network and without archive starts on it, and its database is dumped as a live one is. The live server is not touched.
 *
 * Errors: `BackupUnreadable` when the archive does not reach that moment, `NoSpace`, `NotPermitted`, those of a dump.
 */
export async function copyFromArchive(
  target: PostgresTarget,
  time: string,
  to: string,
): Promise<{ readonly postgres: PostgresContent }> {
  const archive = archiveOf(target);
  const ids = idsOf(archive.user);
  const { bytes, options } = await expectCovered(archive, time, ids, await liveIdentifier(target));
  if (!existsSync(archive.scratch))
    throw permanent(
      'FilesMissing',
      `"${archive.scratch}", which "database.archive.scratch" names, is not there`,
    );
  expectSpaceFor(bytes, archive.scratch);
  return inDirectory(target, archive.scratch, ids, async (directory) => {
    expectShort(join(directory, `.s.PGSQL.${connectionOf(target).port}`));
    const data = join(directory, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (ids.uid !== undefined) chownSync(data, ids.uid, ids.gid!);
    const [program, ...args] = archive.command;
    try {
      await run(
        program!,
        [
          ...args,
          `--stanza=${archive.stanza}`,
          `--pg1-path=${data}`,
          '--type=time',
          `--target=${time.replace('T', ' ').replace('Z', '+00')}`,
          '--target-action=promote',
          '--archive-mode=off',
          ...HERE_ALONE,
          `--tablespace-map-all=${join(directory, 'tablespaces')}`,
          ...options,
          'restore',
        ],
        { timeout: RESTORE_WITHIN, ids, cwd: directory },
      );
    } catch (error) {
      throw cannot(`pgBackRest cannot restore ${time}: ${failureOf(error).message}`);
    }
    const place = { target, directory, data, time, ids };
    return withStarted(place, (host) => copyLive(target, { ...connectionOf(target), host }, to));
  });
}

/** In bytes: what Linux takes for the path of a socket. */
const MAX_SOCKET = 107;

/** Said before hours of work, and not after them. Error: `InvalidInput`. */
function expectShort(socket: string): void {
  const long = Buffer.byteLength(socket);
  if (long <= MAX_SOCKET) return;
  throw permanent(
    'InvalidInput',
    `The server on what is restored would listen at "${socket}", which is too long by ${countText(long - MAX_SOCKET, 'byte')}: name a shorter "database.archive.scratch"`,
  );
}

export interface Ids {
  readonly uid?: number;
  readonly gid?: number;
}

/** Whose rights pgBackRest and the server get: root may be neither. Error: `NotPermitted`. */
function idsOf(user: string): Ids {
  const us = process.geteuid?.();
  const entry = userEntry(user);
  if (!entry)
    throw permanent(
      'NotPermitted',
      `There is no user "${user}" here ("database.archive.user"): the server of this host has to be PostgreSQL's own`,
    );
  if (entry.uid === us) return {};
  if (us === 0) return { uid: entry.uid, gid: entry.gid };
  throw permanent(
    'NotPermitted',
    `Only root or "${user}" can restore from its archive, and this worker is user ${us}: start the worker as one of them`,
  );
}

/** As `mkdtemp` names it: six letters and figures. Target `shop-eu` is none of `shop`. */
export function isOf(prefix: string, name: string): boolean {
  return name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length));
}

/** A directory that nobody else can enter, gone afterwards; those of killed attempts go, too. */
async function inDirectory<Result>(
  { name }: Pick<PostgresTarget, 'name'>,
  scratch: string,
  { uid, gid }: Ids,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  const prefix = `runbook-archive-${name}-`;
  const us = process.geteuid?.();
  for (const left of readdirSync(scratch).filter((one) => isOf(prefix, one))) {
    const owner = statSync(join(scratch, left), { throwIfNoEntry: false })?.uid;
    if (owner === (uid ?? us)) rmSync(join(scratch, left), { recursive: true, force: true });
  }
  const directory = mkdtempSync(join(scratch, prefix));
  try {
    if (uid !== undefined) chownSync(directory, uid, gid!);
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
