import { chmodSync, existsSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { stampOf } from '../../config/time/stamp.ts';
import { UsageError } from '../../config/usage-error.ts';
import { copyDurably, syncDirectory, syncFile } from '../../os/files/durable-files.ts';
import { copiesOf, listCopies, typed } from './data-file.ts';
import { isThere } from '../../os/files/file-facts.ts';
import { removeDatabase, sidecarsOf } from '../../os/files/sqlite-sidecars.ts';
import { expectDataSpace } from './expect-data-space.ts';
import { holdDataFile } from './hold-data-file.ts';
import { Damaged, type DatabaseFacts, inspectDatabase } from './inspect-database.ts';

export interface RestoredData {
  /** Undefined: it begins without runs. */
  readonly from?: string;
  readonly facts?: DatabaseFacts;
  /** What lay there, under its new name. Undefined: nothing did. */
  readonly aside?: string;
}

/** A copy by its stamp, by its path, or the newest. Error: `UsageError`. */
export function findCopy(dataFile: string, asked: string | undefined): string {
  const copies = listCopies(dataFile);
  const found =
    asked === undefined || asked === 'latest'
      ? copies[0]?.file
      : (copies.find(({ stamp }) => stamp === asked)?.file ??
        (existsSync(asked) ? asked : undefined));
  if (found !== undefined) return found;
  throw new UsageError(
    asked === undefined
      ? `There is no copy in "${copiesOf(dataFile)}"`
      : `Cannot find the copy "${asked}"`,
    typed('check', dataFile),
  );
}

/**
 * Puts a copy in the place of the runs of a server that does not run, or nothing. What lay there is put aside and never deleted. The copy
 * is read through beside it first. Killed in between, the next start refuses, and the same again ends it. Error: `UsageError`.
 */
export async function restoreData(
  dataFile: string,
  from: string | undefined,
): Promise<RestoredData> {
  const hold = await holdDataFile(dataFile);
  const part = `${dataFile}.restore-part`;
  try {
    removeDatabase(part);
    const facts = from === undefined ? undefined : stage(from, part);
    const aside = putAside(dataFile);
    if (facts) renameSync(part, dataFile);
    hold.beginAnew();
    syncDirectory(dirname(dataFile));
    return {
      ...(from !== undefined && { from }),
      ...(facts && { facts }),
      ...(aside !== undefined && { aside }),
    };
  } finally {
    removeDatabase(part);
    hold.release();
  }
}

function stage(from: string, part: string): DatabaseFacts {
  if (!statSync(from).isFile())
    throw new UsageError(`Cannot restore "${from}": it is no file`, 'another copy');
  expectDataSpace(statSync(from).size, dirname(part));
  try {
    copyDurably(from, part);
    // What was put aside after a kill has a log, and may have its newest runs there only.
    if (existsSync(`${from}-wal`)) copyDurably(`${from}-wal`, `${part}-wal`);
    chmodSync(part, 0o600);
    const db = new Database(part);
    db.pragma('journal_mode = DELETE');
    db.close();
    const facts = inspectDatabase(part);
    syncFile(part);
    return facts;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (!(error instanceof Damaged) && !code?.startsWith('SQLITE_')) throw error;
    throw new UsageError(`Cannot restore "${from}": ${message}`, 'another copy');
  }
}

/** The main file first: on a log without it no server starts, and one without its log looks whole. */
function putAside(dataFile: string): string | undefined {
  if (!isTaken(dataFile)) return undefined;
  const aside = freeName(`${dataFile}.before-${stampOf(new Date())}`);
  for (const one of [dataFile, ...sidecarsOf(dataFile)])
    if (isThere(one)) renameSync(one, `${aside}${one.slice(dataFile.length)}`);
  return aside;
}

function freeName(name: string, count = 1): string {
  const one = count === 1 ? name : `${name}-${count}`;
  return isTaken(one) ? freeName(name, count + 1) : one;
}

function isTaken(name: string): boolean {
  return isThere(name) || sidecarsOf(name).length > 0;
}
