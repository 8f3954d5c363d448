import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isPostgres, type Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory, writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { copyContent } from '../../../os/files/held/copy-plain.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import type { Evidence } from '../../../state/evidence.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import { quarantineOf } from './raw-copies.ts';

export interface Quarantined {
  readonly directory: string;
  /** Nobody wrote while it was copied: it is what lay there, byte for byte. */
  readonly exact: boolean;
  readonly changed: boolean;
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

/**
 * Copies the live database files as they lie there, each with its hash, into `<state>/quarantine/<stamp>`. SQLite never opens
 * them: it would checkpoint their log or roll it back. None is taken away.
 */
export async function quarantine(target: Target, stamp: Stamp): Promise<Quarantined> {
  const directory = join(quarantineOf(target), stamp);
  const seal = join(directory, 'quarantine.json');
  if (isThere(seal))
    return { ...(JSON.parse(readFileSync(seal, 'utf8')) as Quarantined), changed: false };

  const driver = databaseDriver(target);
  if (isPostgres(target)) return dumped();

  const files = driver.liveFiles().filter((file) => sizeOf(file) !== undefined);
  expectSpaceFor(
    files.reduce((sum, file) => sum + (sizeOf(file) ?? 0), 0),
    directory,
  );
  // A killed attempt may have copied a sidecar that is no more.
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const before = printOf(files);
  for (const file of files) copyInto(directory, file);
  const exact = printOf(files) === before;
  const evidence = files.map((file) => evidenceOf(join(directory, basename(file))));
  const names =
    evidence.map(({ file }) => basename(file)).join(', ') || 'nothing: there is no file';
  const note = `${names} in "${directory}"${exact ? '' : '; it was written to meanwhile'}`;
  const made = { directory, exact, changed: true, note, evidence };
  return sealed(made);

  function sealed(of: Quarantined): Quarantined {
    writeDurably(seal, `${JSON.stringify(of, undefined, 2)}\n`);
    syncDirectory(dirname(directory));
    return of;
  }

  /** Its files are the server's, which writes to them all the time: what can be read of it is evidence, and so is what the server says else. */
  async function dumped(): Promise<Quarantined> {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, driver.copyName());
    const part = `${file}.part`;
    const common = { directory, exact: false, changed: true };
    try {
      await driver.copyLive(part);
      renameSync(part, file);
    } catch (error) {
      rmSync(part, { force: true });
      const { type, message } = failureOf(error);
      if (type === 'PostgresUnreachable' || type === 'DatabaseLocked') throw error;
      const note = `Nothing: it cannot be dumped (${message}). Its files are on the server`;
      return sealed({ ...common, note, evidence: [] });
    }
    const note = `A dump, "${basename(file)}" in "${directory}": its files are on the server`;
    return sealed({ ...common, note, evidence: [evidenceOf(file)] });
  }
}

function copyInto(directory: string, file: string): void {
  const part = join(directory, `${basename(file)}.part`);
  copyContent(file, part);
  renameSync(part, join(directory, basename(file)));
}

function evidenceOf(file: string): Evidence {
  return { file, bytes: statSync(file).size, sha256: sha256Of(file) };
}

/** Undefined when it is none. A link beside the live file is nothing that a database has: whoever copies it says so. */
function sizeOf(file: string): number | undefined {
  const about = lstatSync(file, { throwIfNoEntry: false });
  return about?.isFile() || about?.isSymbolicLink() ? about.size : undefined;
}

/** Changes when the files are written to. */
function printOf(files: readonly string[]): string {
  return files
    .map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }))
    .map((about) => `${about?.ino} ${about?.size} ${about?.mtimeNs}`)
    .join();
}
