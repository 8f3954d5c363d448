import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { dependencyActivities } from '../../../src/activities/dependencies/dependencies-activities.ts';
import { Maintenance } from '../../../src/config/schema/timetable.ts';
import { test as base } from '../../support/target.ts';

const STAMP = '20260105_020000';

/** What is installed is what the lock said when it was installed. */
const test = base.extend<{ lock: string }>({
  lock: async ({ target }, use) => {
    const lock = join(target.directory, 'app.lock');
    writeFileSync(lock, 'a==1.0 sha256:00\r\n');
    writeFileSync(join(target.directory, 'installed'), 'a==1.0\n');
    target.maintenance = Maintenance.parse({
      window: { calendar: 'daily', start: '02:00', duration: '2h' },
      dependencies: {
        lock: 'app.lock',
        list: ['cat', 'installed'],
        update: [
          'sh',
          '-c',
          'echo "a==2.0 sha256:11" > app.lock; cut -d" " -f1 app.lock > installed',
        ],
        restore: ['sh', '-c', 'cut -d" " -f1 app.lock > installed'],
      },
    });
    await use(lock);
  },
});

describe('dependencies with a lock', () => {
  test('come back by the very bytes of the lock', async ({ target, lock }) => {
    const dependencies = dependencyActivities(target, 'run');
    const updated = await dependencies.update(STAMP);
    const differed = await dependencies.differ(STAMP);

    await dependencies.restore(STAMP);

    expect([updated.changed, differed.differ]).toEqual([true, true]);
    expect(readFileSync(lock, 'utf8')).toBe('a==1.0 sha256:00\r\n');
    expect(readFileSync(join(target.directory, 'installed'), 'utf8')).toBe('a==1.0\n');
    expect(await dependencies.differ(STAMP)).toEqual({ differ: false });
  });

  test('differ while the lock alone is another one', async ({ target, lock }) => {
    const dependencies = dependencyActivities(target, 'run');
    await dependencies.update(STAMP);
    await dependencies.restore(STAMP);

    writeFileSync(lock, 'a==3.0 sha256:22\n');

    expect(await dependencies.differ(STAMP)).toEqual({ differ: true });
  });

  test('that came besides and stay are named', async ({ target, lock }) => {
    const { dependencies: policy } = target.maintenance!;
    policy!.update = ['sh', '-c', 'printf "a==2.0\nb==1.0\n" > installed'];
    policy!.restore = ['sh', '-c', 'printf "a==1.0\nb==1.0\n" > installed'];
    const dependencies = dependencyActivities(target, 'run');
    await dependencies.update(STAMP);

    expect(await dependencies.restore(STAMP)).toEqual({
      changed: true,
      leave:
        'The update has left 1 dependency installed beside those of before: b==1.0. Remove by hand what is not wanted',
    });
    expect(readFileSync(lock, 'utf8')).toBe('a==1.0 sha256:00\r\n');
  });

  test('are not updated when there is no lock to go back to', async ({ target, lock }) => {
    rmSync(lock);

    await expect(dependencyActivities(target, 'run').update(STAMP)).rejects.toMatchObject({
      type: 'FilesMissing',
    });
    expect(readFileSync(join(target.directory, 'installed'), 'utf8')).toBe('a==1.0\n');
  });
});
