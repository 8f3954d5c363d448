import { statSync } from 'node:fs';
import { inBytes } from '../../../config/schema/values/quantities.ts';
import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, notApplicable, type Sampling, unknown } from '../sampling.ts';
import { openFigures } from '../../../state/figures/open-figures.ts';
import type { DataFacts } from './data.ts';

/** In seconds. */
const DAY = 86_400;
/** Of less, a leap is taken for the way of a day. */
const MIN_SECONDS = 12 * 3600;

/** `database.size`, `database.log` (the WAL), `database.growth` in bytes a second over the last day, `database.free`. */
export function size(sampling: Sampling, read: DataFacts | Error): readonly Figure[] {
  const { target } = sampling;
  const { file, maintenance } = target.database;
  const live = liveFile(file);
  const bytes = bytesOf(live);
  const log = bytesOf(`${live}-wal`) ?? 0;
  if (bytes === undefined)
    return [
      unknown(sampling, 'database.size', 'bytes', live, 'The database file is missing'),
      unknown(sampling, 'database.log', 'bytes', `${live}-wal`, 'The database file is missing'),
      unknown(
        sampling,
        'database.growth',
        'bytes per second',
        live,
        'The database file is missing',
      ),
      unknown(sampling, 'database.free', 'ratio', live, 'The database file is missing'),
    ];
  return [
    measured(
      sampling,
      'database.size',
      { value: bytes, unit: 'bytes', source: live, note: inMebibytes(bytes) },
      limitsOf(target, 'databaseSize'),
    ),
    measured(
      sampling,
      'database.log',
      { value: log, unit: 'bytes', source: `${live}-wal`, note: inMebibytes(log) },
      {
        verdict: log > inBytes(maintenance.logAbove) ? 'warning' : 'ok',
        limit: `warning above ${maintenance.logAbove}`,
      },
    ),
    growth(),
    free(),
  ];

  /** Over a day: a file grows by leaps, so that a minute says nothing. */
  function growth(): Figure {
    const name = 'database.growth';
    const source = 'database.size of the last day';
    const now = Date.parse(sampling.at);
    const first = eldestOfDay(target, now);
    const seconds = first ? (now - Date.parse(first.at)) / 1000 : 0;
    if (!first || seconds < MIN_SECONDS)
      return notApplicable(
        sampling,
        name,
        'bytes per second',
        source,
        'Not measured for long enough',
      );
    const by = Math.max(0, bytes! - first.low);
    const value = by / seconds;
    const { warning, critical, bad } = limitsOf(target, 'databaseGrowth');
    const perSecond = (limit: typeof warning) =>
      limit && { text: `${limit.text} a day`, value: limit.value / DAY };
    return measured(
      sampling,
      name,
      {
        value,
        unit: 'bytes per second',
        source,
        note: `${inMebibytes(by)} in ${Math.round(seconds / 3600)} hours`,
      },
      { warning: perSecond(warning), critical: perSecond(critical), bad },
    );
  }

  function free(): Figure {
    if (read instanceof Error)
      return unknown(sampling, 'database.free', 'ratio', live, 'The data cannot be read');
    const value = read.freePages / Math.max(1, read.pages);
    const note = `${(value * 100).toFixed(1)} % of its pages are free`;
    return measured(sampling, 'database.free', { value, unit: 'ratio', source: live, note });
  }
}

function bytesOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
}

function eldestOfDay({ state }: Sampling['target'], now: number) {
  const at = (age: number) => new Date(now - age * 1000).toISOString();
  const store = openFigures(state);
  try {
    return store.hours('database.size', at(DAY), at(0))[0];
  } catch {
    // One that cannot be read is told by whoever writes to it.
    return undefined;
  } finally {
    store.close();
  }
}
