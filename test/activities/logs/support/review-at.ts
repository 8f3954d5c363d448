import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LogReview, reviewLog } from '../../../../src/activities/logs/review/review.ts';
import { LogFile } from '../../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

export const NOW = Date.parse('2026-11-30T12:37:13Z');

/** The file is as old as the time that it is then. */
export async function reviewAt(
  target: SqliteTarget,
  log: LogFile,
  now: number,
): Promise<LogReview> {
  utimesSync(log.file, now / 1000 - 1, now / 1000 - 1);
  return reviewLog(target, log, now);
}

let made = 0;

export function logOf(target: SqliteTarget, format: LogFile['format'], timezone = 'UTC'): LogFile {
  made += 1;
  mkdirSync(join(target.directory, 'logs'), { recursive: true });
  return LogFile.parse({
    file: join(target.directory, 'logs', `app-${made}.log`),
    format,
    timezone,
  });
}

export async function reviewOf(
  target: SqliteTarget,
  format: LogFile['format'],
  lines: readonly string[],
): Promise<LogReview> {
  const log = logOf(target, format);
  writeFileSync(log.file, `${lines.join('\n')}\n`);
  return reviewAt(target, log, NOW);
}

export function stateOf(target: SqliteTarget): string[] {
  const directory = join(target.state, 'log-review');
  return readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
}
