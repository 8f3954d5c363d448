import { join } from 'node:path';
import { expect } from 'vitest';
import { reviewLog } from '../../../../src/activities/logs/review/review.ts';
import { LogFile } from '../../../../src/config/schema/logs.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { openWrittenLog, randomOf, ROTATIONS } from './written-log.ts';

/** Writes, rotates and reviews a log in an order of chance: what is counted is what was written, and each line once. */
export async function playTurns(target: SqliteTarget, seed: number): Promise<void> {
  const log = LogFile.parse({ file: join(target.directory, 'app.log'), format: 'python' });
  const random = randomOf(seed);
  const written = openWrittenLog(log.file, random);
  written.write(5);
  await reviewLog(target, log);

  for (let turn = 0; turn < 60; turn += 1) {
    const which = random();
    if (which < 0.5) written.write(Math.ceil(random() * 60), random() < 0.3);
    else if (which < 0.65) written.rotate(ROTATIONS[Math.floor(random() * ROTATIONS.length)]!);
    else await reviewLog(target, log);
  }
  written.write(1);
  const { errors, warnings } = await reviewLog(target, log);
  const again = await reviewLog(target, log);

  expect([errors, warnings]).toEqual([written.expected.errors, written.expected.warnings]);
  expect(again).toMatchObject({ errors, warnings, read: 0 });
}
