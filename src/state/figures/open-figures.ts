import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Figure } from '../../figures/figure.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import { permanent } from '../../os/failure.ts';
import {
  inodeOf,
  isDamage,
  type OpenFile,
  openToRead,
  openToWrite,
  setAside,
} from './figure-file.ts';
import { type Hour, hoursOf, type Sample, samplesOf } from './read-series.ts';
import { readNewest, writeFigures } from './write-figures.ts';
import { tidySeries } from './tidy-series.ts';

/** How long figures are kept: as measured, and by the hour. */
export interface Keep {
  readonly raw: Duration;
  readonly hours: Duration;
}

export interface Recorded {
  /** A sentence for people, when the file was damaged: it was set aside, and a new one begun. */
  readonly begunAnew?: string;
}

/** All that is measured of a target, in `figures.db` of its state directory. Times are ISO 8601, UTC. */
export interface FigureStore {
  /**
   * Keeps figures that were measured at one moment. One without a value is kept as the newest of its name, and leaves a gap in
   * its series. Error: `StateUnusable`, such as on a full disk.
   */
  record(figures: readonly Figure[], at: string): Recorded;
  /** The newest of each name, also when it is old: `at` says when it was measured. */
  newest(): Figure[];
  /** The names of all series that are kept. */
  series(): string[];
  /** What was measured from `from` to `to`, both counted in. What was not measured is not there. */
  raw(series: string, from: string, to: string): Sample[];
  /** The same by the hour: those that begin from the hour of `from` to `to`. The last one may still go on. */
  hours(series: string, from: string, to: string): Hour[];
  close(): void;
}

/**
 * Whoever only reads makes nothing, and has nothing to read before the first record. All that reads may throw `StateUnusable`,
 * when the file is damaged or of a newer version.
 */
export function openFigures(
  state: string,
  keep: Keep = { raw: '14d', hours: '365d' },
): FigureStore {
  const file = join(state, 'figures.db');
  let reader: OpenFile | undefined;
  let writer: OpenFile | undefined;

  return {
    record(figures, at) {
      try {
        return attempt(() => {
          write(figures, at);
          return {};
        });
      } catch (error) {
        throw explained(error, 'write');
      }
    },
    newest: () => read(readNewest, []),
    series: () =>
      read(
        (db) => db.prepare('select name from series order by name').pluck().all() as string[],
        [],
      ),
    raw: (series, from, to) =>
      read((db) => samplesOf(db, series, secondsOf(from), secondsOf(to)), []),
    hours: (series, from, to) =>
      read((db) => hoursOf(db, series, secondsOf(from), secondsOf(to)), []),
    close,
  };

  function write(figures: readonly Figure[], at: string): void {
    if (writer && inodeOf(file) !== writer.ino) close();
    writer ??= openToWrite(file);
    const { db } = writer;
    const now = secondsOf(at);
    db.transaction(() => {
      writeFigures(db, figures, now);
      tidySeries(db, now, {
        raw: inMilliseconds(keep.raw) / 1000,
        hours: inMilliseconds(keep.hours) / 1000,
      });
    }).immediate();
  }

  /** Once more on a new file, when this one is damaged. */
  function attempt(work: () => Recorded): Recorded {
    const ino = inodeOf(file);
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      close();
      const aside = setAside(file, ino);
      work();
      return aside === undefined
        ? {}
        : {
            begunAnew: `"${file}" was damaged (${(error as Error).message}): it lies in "${aside}" now, and what was measured before is missing`,
          };
    }
  }

  function read<Result>(work: (db: Database.Database) => Result, absent: Result): Result {
    try {
      const ino = inodeOf(file);
      const open = writer ?? reader;
      // A damaged one was replaced by another process.
      if (open && open.ino !== ino) close();
      const from = writer ?? (reader ??= openToRead(file));
      return from ? work(from.db) : absent;
    } catch (error) {
      throw explained(error, 'read');
    }
  }

  function close(): void {
    writer?.db.close();
    reader?.db.close();
    writer = reader = undefined;
  }

  function explained(error: unknown, what: 'read' | 'write'): unknown {
    if ((error as { type?: string }).type === 'StateUnusable') return error;
    if (error instanceof TypeError || error instanceof RangeError) return error;
    return permanent('StateUnusable', `Cannot ${what} "${file}": ${(error as Error).message}`);
  }
}

function secondsOf(iso: string): number {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) throw new RangeError(`Expected a time, not "${iso}"`);
  return Math.floor(time / 1000);
}
