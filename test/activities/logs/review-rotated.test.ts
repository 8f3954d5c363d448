import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { reviewLog } from '../../../src/activities/logs/review/review.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { test } from '../../support/target.ts';
import { playTurns } from './support/play-turns.ts';
import { openWrittenLog, randomOf, ROTATIONS } from './support/written-log.ts';

describe('logs.review of a log that is rotated', () => {
  test.for(ROTATIONS)(
    '%s: counts every line once, between any two reviews',
    async (kind, { target }) => {
      const log = LogFile.parse({ file: join(target.directory, 'app.log'), format: 'python' });
      const written = openWrittenLog(log.file, randomOf(ROTATIONS.indexOf(kind)));

      for (let round = 0; round < 5; round += 1) {
        written.write(40, round % 2 === 0);
        await reviewLog(target, log);
        written.write(30);
        written.rotate(kind);
        written.write(round * 40);
        if (round === 2) written.rotate(kind);
        if (round === 2) written.write(90);
        const { errors, warnings, types, findings } = await reviewLog(target, log);

        const exceptions = types.find(({ name }) => name === 'ValueError')?.count ?? 0;
        expect({ errors, warnings, exceptions }).toEqual(written.expected);
        expect(findings).toEqual([]);
      }
    },
  );

  test('in turns: counts what an independent count does, and nothing is new the next time', async ({
    target,
  }) => {
    await playTurns(target, 1);
  });
});
