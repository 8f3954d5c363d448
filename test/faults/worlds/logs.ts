import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generationsOf } from '../../../src/activities/logs/file/generations.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { fillLog, writtenIn } from '../../activities/logs/support/written.ts';

const LINES = 20;

/** Makes something of everything that a log rotation rotates or removes: a log that is due, old rotated files, an old report, last year's audit. */
export async function makeLogs(world: SqliteTarget): Promise<void> {
  const live = liveIn(world);
  mkdirSync(join(world.directory, 'logs'));
  world.logs = [LogFile.parse({ file: live, rotate: { size: '1KB', copies: 2 } })];
  fillLog(`${live}.20260101_000000`, 0, LINES);
  fillLog(`${live}.20260102_000000`, LINES, 2 * LINES);
  fillLog(live, 2 * LINES, 3 * LINES);

  const runs = join(world.state, 'runs');
  mkdirSync(runs, { recursive: true });
  const report = { run: 'practice/x/20200101_000000', startedAt: '2020-01-01T00:00:00.000Z' };
  writeFileSync(join(runs, 'practice-20200101_000000.json'), JSON.stringify(report));
  const audit = join(world.state, 'audit.jsonl');
  const lines = existsSync(audit) ? readFileSync(audit, 'utf8') : '';
  writeFileSync(
    audit,
    `{"at":"2020-01-01T00:00:00.000Z","run":"x","what":"ended","by":"x"}\n${lines}`,
  );
}

/** What is wrong with the logs: a line that is missing, torn or there twice. Rotated or not, all is well. */
export function logFaults(world: SqliteTarget): string | undefined {
  const live = liveIn(world);
  const { lines, twice, torn } = writtenIn(live);
  const oldest = generationsOf(live).some(({ stamp }) => stamp === '20260101_000000');
  if (lines === (oldest ? 3 : 2) * LINES && twice === 0 && torn === 0) return undefined;
  return `the logs have ${lines} lines, ${twice} twice, ${torn} torn`;
}

function liveIn({ directory }: SqliteTarget): string {
  return join(directory, 'logs/app.log');
}
