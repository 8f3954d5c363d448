import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { reviewLog } from '../../../src/activities/logs/review/review.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { test } from '../../support/target.ts';
import { playTurns } from './support/play-turns.ts';
import { openWrittenLog, randomOf, ROTATIONS } from './support/written-log.ts';
import { built } from '../../support/built.ts';

const script = built('test/activities/logs/support/review.ts');
const dieAtCall = fileURLToPath(new URL('../database/support/die-at-call.ts', import.meta.url));

describe('logs.review of a log that is rotated', () => {
  test.for(Array.from({ length: 30 }, (_, index) => index + 2))(
    'in turns, seed %i: counts what an independent count does',
    async (seed, { target }) => {
      await playTurns(target, seed);
    },
  );

  test('that is killed at any change of a file, by kill -9, has counted all or nothing', async ({
    target,
  }) => {
    const log = LogFile.parse({ file: join(target.directory, 'app.log'), format: 'python' });
    const written = openWrittenLog(log.file, randomOf(7));
    written.write(50);
    await reviewLog(target, log);

    let kills = 0;
    for (let moment = 1; ; moment += 1) {
      written.write(50, true);
      written.rotate(ROTATIONS[moment % ROTATIONS.length]!);
      written.write(20);
      const { signal } = await execa(
        process.execPath,
        ['--import', dieAtCall, script, JSON.stringify(target), log.file],
        { reject: false, env: { DIE_AT: String(moment), DIE_IN: target.directory } },
      );
      const { errors, warnings } = await reviewLog(target, log);
      expect([errors, warnings]).toEqual([written.expected.errors, written.expected.warnings]);
      if (signal !== 'SIGKILL') break;
      kills += 1;
    }

    expect(kills).toBeGreaterThan(2);
  });
});
