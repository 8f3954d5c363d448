import { chmodSync, statSync } from 'node:fs';
import { expect } from 'vitest';
import { generationsOf, partsOf } from '../../../../src/activities/logs/file/generations.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { rotateLogs } from './rotate-logs.ts';
import type { Sweep } from './sweep.ts';
import { day } from './world.ts';
import { fillLog, writtenIn } from './written.ts';

const LINES = 60;

/** Two rotated files, the older one still to be compressed beside the new one, and a log that is due. */
async function arrange(live: string, target: SqliteTarget): Promise<void> {
  for (const [index, when] of [-2, -1, 0].entries()) {
    fillLog(live, index * 20, (index + 1) * 20);
    chmodSync(live, 0o640);
    if (when < 0) await rotateLogs(target, day(when));
  }
}

function afterwards(live: string, n: number): void {
  expect(writtenIn(live), `killed at ${n}`).toEqual({ lines: LINES, twice: 0, torn: 0 });
  expect(partsOf(live), `killed at ${n}`).toEqual([]);
  expect(statSync(live).size, `killed at ${n}`).toBe(0);
  expect(statSync(live).mode & 0o777, `killed at ${n}`).toBe(0o640);
  const generations = generationsOf(live);
  expect(generations.map(({ plain, packed }) => [plain, packed].filter(Boolean).length)).toEqual([
    1, 1, 1,
  ]);
  expect(generations.map(({ packed }) => packed !== undefined)).toEqual([false, true, true]);
}

const common = { arrange, afterwards };
export const renamed: Sweep = { ...common, rotate: { size: '1KB', every: 'daily' } };
export const copied: Sweep = { ...common, rotate: { size: '1KB', by: 'copytruncate' } };
