import { describe, expect, test } from 'vitest';
import { chosenCells, hasTurn } from './chosen-cells.ts';
import type { Cell } from './play.ts';
import { engineReach, hashOf, runbookReach } from './reach.ts';

const cells: readonly Cell[] = Array.from({ length: 25 }, (_, index) => ({
  runbook: 'tidy-up',
  call: `files.${index}`,
  fault: 'done twice',
}));
const unchanged = {
  cells,
  asked: false,
  changed: () => false,
  bounded: false,
  always: [cells[3]!],
  turn: 20_000,
};

describe('chosenCells', () => {
  test('are all, when somebody asks for them', () => {
    expect(chosenCells({ ...unchanged, asked: true })).toEqual(cells);
  });

  test('are all of a runbook of which anything has changed', () => {
    expect(chosenCells({ ...unchanged, changed: () => true })).toEqual(cells);
  });

  test('are a quarter of a quarter of the runbooks where time is bounded, changed or not, and others in each hour', () => {
    const bounded = { ...unchanged, bounded: true };
    const played = Array.from({ length: 16 }, (_, hour) =>
      [0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) =>
        hasTurn(n, { ...bounded, turn: hour })
          ? chosenCells({ ...bounded, turn: hour }).map(({ call }) => `${n} ${call}`)
          : [],
      ),
    );

    expect(chosenCells(bounded)).toEqual([0, 4, 8, 12, 16, 20, 24].map((index) => cells[index]));
    expect(chosenCells({ ...bounded, changed: () => true })).toEqual(chosenCells(bounded));
    expect(new Set(played.flat()).size).toBe(8 * cells.length);
    expect(played.flat()).toHaveLength(8 * cells.length);
  });

  test('are those of every runbook where time is not, or somebody asks', () => {
    expect([0, 1, 2, 3].filter((n) => hasTurn(n, unchanged))).toEqual([0, 1, 2, 3]);
    expect(hasTurn(3, { bounded: true, asked: true, turn: 0 })).toBe(true);
    expect(hasTurn(3, { bounded: true, asked: false, turn: 0 })).toBe(false);
  });

  test('are else a tenth that rotates, and those of every day', () => {
    const today = chosenCells(unchanged);
    const days = Array.from({ length: 10 }, (_, turn) => chosenCells({ ...unchanged, turn }));

    expect(today).toEqual([cells[0], cells[3], cells[10], cells[20]]);
    expect(new Set(days.flat()).size).toBe(cells.length);
  });
});

describe('runbookReach', () => {
  test('holds the runbook, its parts, the engine, the harness, and the systems that it calls', () => {
    const files = runbookReach('database-recovery');

    expect(files).toEqual(
      expect.arrayContaining([
        'src/workflows/recovery/database-recovery.ts',
        'src/workflows/parts/replace-database.ts',
        'src/engine/steps/steps.ts',
        'src/worker-process/job-process.ts',
        'src/activities/database/sqlite/restore/swap.ts',
        'src/activities/redis/redis-activities.ts',
        'src/dev/demo/sample-app.ts',
        'src/activities/database/sqlite/proof/inspect-thread.ts',
        'test/faults/linger.ts',
        'test/faults/play.ts',
        'test/runbooks/database-recovery/example.ts',
      ]),
    );
  });

  test('holds nothing that the runbook never comes to', () => {
    const files = runbookReach('database-recovery');

    expect(files.filter((file) => /log-rotation|activities\/logs|daily-backup/.test(file))).toEqual(
      [],
    );
  });

  test('holds the engine of every runbook', () => {
    expect(runbookReach('contain')).toEqual(expect.arrayContaining([...engineReach()]));
  });
});

describe('hashOf', () => {
  test('is another for another set of files, and the same for the same', () => {
    const [one, other] = [runbookReach('contain'), runbookReach('prune-backups')];

    expect(hashOf(one)).toMatch(/^[0-9a-f]{16}$/);
    expect(hashOf(one.toReversed())).toBe(hashOf(one));
    expect(hashOf(one)).not.toBe(hashOf(other));
  });
});
