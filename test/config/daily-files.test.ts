import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { dailyFiles } from '../../src/config/load/daily-files.ts';
import { targetIn, test } from '../support/target.ts';

const MAIN = 'docker-compose.yml';
const OVERRIDE = 'docker-compose.override.yml';
const runtime = { kind: 'compose', service: 'app' } as const;

describe('dailyFiles', () => {
  for (const [what, files, there, expected] of [
    ['takes the override along', [MAIN, '.env'], [MAIN, OVERRIDE], [MAIN, '.env', OVERRIDE]],
    ['takes along none that is not there', [MAIN], [MAIN], [MAIN]],
    ['takes along none where the Compose file is not named', ['.env'], [MAIN, OVERRIDE], ['.env']],
    ['takes none twice', [OVERRIDE, MAIN], [MAIN, OVERRIDE], [OVERRIDE, MAIN]],
    ['takes none of a directory that is named twice', ['.'], [MAIN, OVERRIDE], ['.']],
  ] as const)
    test(what, ({ directory }) => {
      for (const name of there) writeFileSync(join(directory, name), '');
      const daily = { files: [...files] };

      expect(dailyFiles(targetIn(directory, { runtime, backups: { daily } }))).toEqual(expected);
    });

  test('are what the target names, of a process', ({ directory }) => {
    writeFileSync(join(directory, OVERRIDE), '');

    expect(dailyFiles(targetIn(directory, { backups: { daily: { files: [MAIN] } } }))).toEqual([
      MAIN,
    ]);
  });
});
