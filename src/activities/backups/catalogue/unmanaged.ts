import { databaseFiles } from '../../../config/load/database-text.ts';
import { closeSync, fstatSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Temporal as T } from 'temporal-polyfill';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { permanent } from '../../../os/failure.ts';
import { openHeld } from '../../../os/files/held/read-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import type { BackupClass } from '../../artefact/manifest.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { placesOf } from './catalogue.ts';
import { momentIn } from './moment-in.ts';
import { readOrigins } from './origin.ts';

/** A copy of the database that somebody made without us, as far as its name and first bytes tell. */
export interface Unmanaged {
  readonly file: string;
  readonly class: BackupClass;
  /** From the name. One that has only a date was taken at some time of that day: its beginning in the target's zone is given. */
  readonly takenAt: string;
  readonly bytes: number;
  readonly packed: 'gzip' | 'none';
  /** From then on retention deletes the backup that is made of it, unless a floor or a pin keeps it. ISO 8601, UTC. */
  readonly keptUntil?: string;
  /** The backup that was made of it before. */
  readonly adopted?: BackupId;
  /** Where a copy of the backup is to be made, too. */
  readonly secondDisk?: string;
}

type Named = Pick<Unmanaged, 'class' | 'takenAt' | 'packed'>;

const NAME = /^(?<stem>.+)_(?<date>\d{8})(?:_(?<time>\d{6}))?\.db(?<gzip>\.gz)?$/;

/** What the file is, or the moment of an archive, before anything is done with it. Errors: `InvalidInput`, `BackupDamaged`, `NotApplicable`. */
export function recognise(target: Target, name: string): Unmanaged {
  const moment = momentIn(target, name);
  if (moment !== undefined) return momentOf(target, name, moment);
  const file = resolve(target.backups.directory, name);
  const named = readName(file, target);
  if (!named)
    throw permanent(
      'InvalidInput',
      /\.(tar|tgz)(\.|$)/.test(file)
        ? `Cannot adopt "${file}": it is an archive; unpack it, and adopt the database in it`
        : `Cannot adopt "${file}": its name tells no time, expected "name_YYYYMMDD_HHMMSS.db" or "name_YYYYMMDD.db", with or without ".gz"`,
    );
  if (Date.parse(named.takenAt) > Date.now())
    throw permanent('InvalidInput', `Cannot adopt "${file}": its name is of the future`);
  const bytes = bytesOf(file, named.packed);
  const adopted = readOrigins(target).get(file);
  const secondDisk = target.backups.copy;
  return {
    file,
    ...named,
    bytes,
    ...(adopted !== undefined && { adopted }),
    ...(secondDisk !== undefined && { secondDisk }),
  };
}

/** How large it is, and whether the archive reaches there, is known when it is restored. */
function momentOf(target: Target, name: string, takenAt: string): Unmanaged {
  const adopted = readOrigins(target).get(name);
  const secondDisk = target.backups.copy;
  return {
    file: name,
    class: 'emergency',
    takenAt,
    bytes: 0,
    packed: 'none',
    ...(adopted !== undefined && { adopted }),
    ...(secondDisk !== undefined && { secondDisk }),
  };
}

/** Why a file that can be read here cannot be adopted, as far as its name and first bytes tell. */
export function refusalToAdopt(target: Target, name: string): string | undefined {
  try {
    recognise(target, name);
    return undefined;
  } catch (error) {
    const { type, message } = failureOf(error);
    // What cannot be read here may be readable to the worker.
    return REFUSALS.has(type ?? '') ? message : undefined;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['InvalidInput', 'BackupDamaged', 'LinkRefused']);

/** The id that people know such a copy by: the manuals' operators name backups by it. Undefined when its name tells no time. */
export function idInName(file: string): BackupId | undefined {
  const { date, time = '000000' } = NAME.exec(basename(file))?.groups ?? {};
  return date === undefined ? undefined : `${date}_${time}`;
}

/** Copies that lie where both manuals put them, under names that both manuals give. Newest first. */
export function listUnmanaged(target: Target): Unmanaged[] {
  const { directory } = target.backups;
  // Of a server's database people make dumps, whose engine nobody can tell by their name.
  const [file] = databaseFiles(target.database);
  if (file === undefined) return [];
  const live = liveFile(file);
  const own = basename(live, '.db');
  const stems = [own, `${own}_pre_recovery`, 'emergency_backup', 'maintenance_backup'];
  const adopted = readOrigins(target);
  const places = new Set([...placesOf(target.backups), join(directory, 'daily'), dirname(live)]);
  return [...places]
    .flatMap((place) => namesIn(place).map((name) => join(place, name)))
    .filter((file) => stems.includes(NAME.exec(basename(file))?.groups?.['stem'] ?? ''))
    .flatMap((file) => {
      const named = readName(file, target);
      const found = statSync(file, { throwIfNoEntry: false });
      if (!named || !found?.isFile() || adopted.has(file)) return [];
      return [{ file, ...named, bytes: found.size }];
    })
    .toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
}

function readName(file: string, { calendar }: Target): Named | undefined {
  const { stem, date, time, gzip } = NAME.exec(basename(file))?.groups ?? {};
  if (stem === undefined || date === undefined) return undefined;
  try {
    const when =
      time === undefined
        ? T.PlainDate.from(date).toZonedDateTime(calendar.timezone).toInstant()
        : T.PlainDateTime.from(`${date}T${time}`).toZonedDateTime('UTC').toInstant();
    return {
      class: classOf(stem),
      takenAt: new Date(when.epochMilliseconds).toISOString(),
      packed: gzip === undefined ? 'none' : 'gzip',
    };
  } catch {
    return undefined; // there is no such day or time
  }
}

function classOf(stem: string): BackupClass {
  if (stem === 'emergency_backup') return 'emergency';
  if (stem === 'maintenance_backup') return 'maintenance';
  return stem.endsWith('_pre_recovery') ? 'pre-recovery' : 'adopted';
}

/** As long as it is what its name says. Another user may have put a link there, or a second name of what is not theirs. */
function bytesOf(file: string, packed: Unmanaged['packed']): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile())
    throw permanent(
      'InvalidInput',
      `Cannot adopt "${file}": it is ${found ? 'not a file' : 'missing'}`,
    );
  const fd = openHeld(file);
  try {
    const { size } = fstatSync(fd);
    if (size === 0) throw permanent('BackupDamaged', `Cannot adopt "${file}": it has 0 bytes`);
    expectAlone(file);
    expectBeginning(fd, file, packed);
    return size;
  } finally {
    closeSync(fd);
  }
}

/** Some of its rows may be only in the log. Which log belongs to which copy nobody knows: a wrong one destroys it. */
function expectAlone(file: string): void {
  const [sidecar] = sidecarsOf(file.replace(/\.gz$/, ''));
  if (sidecar === undefined) return;
  throw permanent(
    'BackupDamaged',
    `Cannot adopt "${file}": "${sidecar}" lies beside it, so that it may not be whole by itself`,
  );
}

function expectBeginning(fd: number, file: string, packed: Unmanaged['packed']): void {
  const [kind, beginning] =
    packed === 'gzip'
      ? ['gzip file', Buffer.from([0x1f, 0x8b])]
      : ['SQLite database', Buffer.from('SQLite format 3\0')];
  const found = Buffer.alloc(beginning.length);
  readSync(fd, found, 0, found.length, 0);
  if (!found.equals(beginning))
    throw permanent('BackupDamaged', `Cannot adopt "${file}": it is no ${kind}`);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
