import { statSync } from 'node:fs';
import type { SqliteDatabase } from '../../../config/schema/database.ts';
import { inBytes } from '../../../config/schema/values/quantities.ts';
import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, type Sampling, unknown } from '../sampling.ts';
import { growth } from './growth.ts';
import type { DataFacts } from './data.ts';

/** `database.size`, `database.log` (the WAL), `database.growth` in bytes a second over the last day, `database.free`. */
export function size(
  sampling: Sampling,
  { file, maintenance }: SqliteDatabase,
  read: DataFacts | Error,
): readonly Figure[] {
  const { target } = sampling;
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
    growth(sampling, bytes),
    free(),
  ];

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
