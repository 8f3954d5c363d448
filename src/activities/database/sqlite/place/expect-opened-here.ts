import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Target } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { identityOf } from '../../../../os/identity-of.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import { openFilesOf } from '../../../../os/process/open-files.ts';
import { processIds } from '../../../../os/process/proc.ts';
import { processTable } from '../../../../os/process/process-table.ts';
import { programOf } from '../../../../os/process/program-of.ts';
import type { OpenedHere } from '../../driver.ts';
import { applicationPids } from '../locks/lock-holders.ts';
import { expectOnePlace } from './expect-one-place.ts';
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
 * Demands of an application that was just started that it has not opened the database from before, and keeps its log beside the
 * live one. Another process that was never ended is told. Errors: `SidecarsElsewhere`, `OldDatabaseOpen`.
 */
export async function expectOpenedHere(target: Target): Promise<OpenedHere> {
  await expectOnePlace(target);
  const live = liveFile(target.database.file);
  const openers = oldOpenersOf(live);
  if (openers.length === 0) return {};
  const application = await applicationPids(target, processTable());
  const mistaken = openers.find(({ pid }) => application.has(pid));
  if (mistaken)
    throw permanent(
      'OldDatabaseOpen',
      `${textOf(mistaken, live)}. Stop the application, and start it again`,
    );
  const note = openers
    .filter(({ knowing }) => !knowing)
    .map((one) => `${textOf(one, live)}. End it, and start it again`)
    .join('. ');
  return note ? { note } : {};
}

function textOf({ pid, program, old }: OldOpener, live: string): string {
  return `Process ${pid} (${program}) still writes to ${old}: what it commits is not in "${live}"`;
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
