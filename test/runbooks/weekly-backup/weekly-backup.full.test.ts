import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import { describe, expect } from 'vitest';
import { readKey } from '../../../src/activities/artefact/key.ts';
import type { Archive, Manifest } from '../../../src/activities/artefact/manifest.ts';
import { openedArchive } from '../../../src/activities/artefact/sealed-archive.ts';
import { readManifest } from '../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { states } from '../../support/recovery.ts';
import { test as base } from '../../support/run.ts';

const SECOND = 'second';

/** The policy of manual B, with a second disk and a key. */
const test = base.extend<{ backups: Partial<SqliteTarget['backups']> }>({
  backups: async ({ directory }, use) => {
    mkdirSync(join(directory, SECOND));
    const key = join(directory, 'backup.key');
    writeFileSync(key, `${await generateIdentity()}\n`);
    await use({
      copy: join(directory, SECOND),
      encryption: { key: `file:${key}` },
      daily: { files: ['.env', 'logging.conf'], keep: '30d' },
      weekly: {
        files: ['.streamlit', 'logs'],
        exclude: ['*.pyc', '__pycache__'],
        day: 'FRIDAY',
        keep: '56d',
      },
    });
  },
});

describe.concurrent('weekly-backup', () => {
  test('takes the full application, and a recovery restores its database from the second disk', async ({
    world,
    runs,
  }) => {
    furnish(world);

    const { ending } = await runs.run('weekly-backup');

    expect(states(ending)).toBe('done done done done done done done done omitted');
    expect(ending).toMatchObject({ outcome: 'done', notices: [], output: { files: 4 } });
    const { backup } = ending.output as { backup: string };
    const { manifest, names } = seen(world.backups.directory, backup);
    expect(manifest.class).toBe('weekly');
    const archives = await openedIn(world, manifest);
    expect(archives.map(({ entries }) => entries.map(({ path }) => path))).toEqual([
      ['.env', 'logging.conf'],
      ['.streamlit', '.streamlit/config.toml', 'logs', 'logs/app.log'],
    ]);
    expect(seen(world.backups.copy!, backup)).toEqual({ manifest, names });

    rmSync(join(world.backups.directory, backup), { recursive: true });
    const recovery = await runs.run('database-recovery', { backup });
    expect(recovery.ending).toMatchObject({ outcome: 'done', output: { backup } });
  });

  test('reports what is missing and that the second disk is, and keeps the backup', async ({
    world,
    runs,
  }) => {
    furnish(world);
    rmSync(join(world.directory, '.env'));
    rmSync(world.backups.copy!, { recursive: true });

    const { ending } = await runs.run('weekly-backup');

    expect(states(ending)).toBe('done done done done done failed failed done omitted');
    expect(ending.outcome).toBe('done');
    const told = JSON.stringify(ending.notices);
    expect(told).toContain('Not in the backup: \\".env\\" is not there');
    expect(told).toMatch(/Cannot copy backup .* to .*second.*: it is not there/);
    // Not made on the disk that happens to be below its name.
    expect(existsSync(world.backups.copy!)).toBe(false);
    const { backup } = ending.output as { backup: string };
    const [configuration] = await openedIn(world, seen(world.backups.directory, backup).manifest);
    expect(configuration?.missing).toEqual(['".env" is not there']);
  });

  test('leaves nothing on either disk when the files cannot be archived', async ({
    world,
    runs,
  }) => {
    furnish(world);
    const { ending } = await runs.run(
      'weekly-backup',
      {},
      {
        around: async (activity, work) => {
          // The key is gone when the archive is to be encrypted.
          if (activity === 'backups.archive') rmSync(join(world.directory, '..', 'backup.key'));
          return work();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', failure: { type: 'KeyMissing' } });
    expect(readdirSync(world.backups.directory)).toEqual([]);
    expect(readdirSync(world.backups.copy!)).toEqual([]);
  });
});

/** What is in the archives is readable by the key only. */
async function openedIn(
  target: SqliteTarget,
  { id, archives }: Pick<Manifest, 'id' | 'archives'>,
): Promise<Archive[]> {
  const key = await readKey(target);
  return Promise.all(archives.map((archive) => openedArchive(archive, key, id)));
}

function furnish({ directory }: SqliteTarget): void {
  for (const name of ['.streamlit', 'logs/__pycache__'])
    mkdirSync(join(directory, name), { recursive: true });
  for (const name of ['.env', 'logging.conf', '.streamlit/config.toml', 'logs/app.log'])
    writeFileSync(join(directory, name), `the content of ${name}\n`);
  for (const name of ['logs/x.pyc', 'logs/__pycache__/y'])
    writeFileSync(join(directory, name), 'left out');
}

function seen(directory: string, backup: string) {
  return {
    manifest: readManifest(backup, join(directory, backup, 'manifest.json')),
    names: readdirSync(join(directory, backup)).toSorted(),
  };
}
