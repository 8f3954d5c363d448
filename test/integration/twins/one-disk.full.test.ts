import { describe, expect } from 'vitest';
import { test } from '../../support/run.ts';
import { endingOf } from '../../support/ending-of.ts';
import { bytesOf, openTwin, register } from './twins.ts';

describe('a second place that serves the same target, and should not', () => {
  test('does nothing of the runs, reads nothing for them, and is named', async ({
    world,
    runs,
    directory,
  }) => {
    const worker = await runs.serve();
    await register(world, runs);
    const twin = await openTwin(world, directory, runs.queue);
    const before = bytesOf(twin.target);

    try {
      const started = [await runs.start('daily-backup'), await runs.start('log-rotation')];
      const endings = await Promise.all(started.map((run) => endingOf(runs, run)));

      expect(endings.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
      expect(bytesOf(twin.target)).toEqual(before);
      const notices = endings.flatMap((ending) => ending.notices.map(({ message }) => message));
      for (const message of notices)
        expect(message).toMatch(
          /\nTwo places serve "test-.*": process \d+ on host ".*" \(state in /,
        );
    } finally {
      twin.worker.kill('SIGKILL');
      await worker.stop();
    }
  });

  test('does all of a run that it has let in, where nobody has registered', async ({
    world,
    runs,
    systems,
    directory,
  }) => {
    await systems.runtime.stop(); // what it writes is not the run's
    const twin = await openTwin(world, directory, runs.queue);
    const worker = await runs.serve();
    const changed: string[] = [];

    try {
      for (let count = 0; count < 2; count += 1) {
        const before = { here: bytesOf(world), there: bytesOf(twin.target) };
        const { outcome } = await endingOf(runs, await runs.start('daily-backup'));
        const after = { here: bytesOf(world), there: bytesOf(twin.target) };

        const places = (['here', 'there'] as const).filter(
          (place) => JSON.stringify(after[place]) !== JSON.stringify(before[place]),
        );
        changed.push(`${outcome} on ${places.length}`);
      }

      expect(changed).toEqual(Array.from({ length: 2 }, () => 'done on 1'));
    } finally {
      twin.worker.kill('SIGKILL');
      await worker.stop();
    }
  });
});
