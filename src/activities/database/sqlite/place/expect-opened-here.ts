import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { isThere } from '../../../../os/files/file-facts.ts';
import { identityOf } from '../../../../os/identity-of.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import { openFilesOf } from '../../../../os/process/open-files.ts';
import { processIds } from '../../../../os/process/proc.ts';
import { processTable } from '../../../../os/process/process-table.ts';
import { programOf } from '../../../../os/process/program-of.ts';
import type { OpenedHere } from '../../driver.ts';
import { databaseNames } from '../file/database-files.ts';
import { applicationPids } from '../locks/lock-holders.ts';
import { lookElsewhere } from './expect-one-place.ts';
import { isNameOf, isOurName } from './opened-elsewhere.ts';

interface OldOpener {
  readonly pid: number;
  readonly program: string;
  /** The file from before that it writes to, as text. */
  readonly old: string;
  /** By a name that we gave it: whoever looks into it knows what it is. */
  readonly knowing: boolean;
}

/**
 * Demands of an application that was started on a database that the run of this stamp put there that it has not opened the one from
 * before, and keeps its log beside the live one. Where the run has replaced none, and of other processes, it is told only: the
 * application works. Errors: `SidecarsElsewhere`, `OldDatabaseOpen`.
 */
export async function expectOpenedHere(target: SqliteTarget, stamp?: Stamp): Promise<OpenedHere> {
  const { file } = target.database;
  const replaced = stamp !== undefined && isThere(databaseNames(file, stamp).kept);
  const { reason } = await lookElsewhere(target);
  if (replaced && reason !== undefined) throw permanent('SidecarsElsewhere', reason);

  const live = liveFile(file);
  const openers = oldOpenersOf(live);
  const application = openers.length > 0 ? await applicationPids(target, processTable()) : NOBODY;
  const mistaken = openers.find(({ pid }) => application.has(pid));
  if (replaced && mistaken) throw permanent('OldDatabaseOpen', textOf(mistaken, live));
  const told = openers.filter(({ pid, knowing }) => !knowing || application.has(pid));
  const notes = [
    ...(reason === undefined ? [] : [reason]),
    ...told.map((one) => textOf(one, live)),
  ];
  return notes.length > 0 ? { note: notes.join('. ') } : {};
}

const NOBODY: ReadonlySet<number> = new Set();

function textOf({ pid, program, old }: OldOpener, live: string): string {
  return `Process ${pid} (${program}) still writes to ${old}: what it commits is not in "${live}". End it, and start it again`;
}

/** Who writes to a file that had the name of the database before: it was kept under another name, or is deleted. */
function oldOpenersOf(live: string): OldOpener[] {
  const kept = keptFilesOf(live);
  return processIds().flatMap((pid) => {
    const old = openFilesOf(pid, (name) => basename(name).startsWith(basename(live))).find(
      ({ identity, path, writable, deleted }) =>
        writable && (kept.has(identity) || (deleted && isNameOf(path, live))),
    );
    if (!old) return [];
    const name = kept.get(old.identity);
    const text = name === undefined ? 'a database that is deleted' : `"${name}"`;
    const knowing = isOurName(old.path, live);
    return [{ pid: Number(pid), program: programOf(pid), old: text, knowing }];
  });
}

/** By device and inode. */
function keptFilesOf(live: string): Map<string, string> {
  const prefixes = ['.pre-', '.undone-'].map((mark) => `${basename(live)}${mark}`);
  const names = readdirSync(dirname(live))
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
    .map((name) => join(dirname(live), name));
  return new Map(
    names.flatMap((name) => {
      const identity = identityOf(name);
      return identity === undefined ? [] : [[identity, name] as const];
    }),
  );
}
