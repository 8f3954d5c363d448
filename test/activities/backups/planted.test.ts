import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { backupPaths } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { catalogueOf } from '../../../src/activities/backups/catalogue/catalogue.ts';
import { test } from '../../support/target.ts';
import { backUp } from '../database/support/fixtures.ts';
import { BACKUP, systemsOf } from '../database/support/scenarios.ts';
import { writeUnsigned } from './support/write-manifest.ts';

describe('a directory of backups', () => {
  test('hides none of them by what somebody has put there instead of another', async ({
    target,
  }) => {
    const { directory } = target.backups;
    const secret = join(target.directory, 'secret');
    writeFileSync(secret, 'root:$6$precious');
    await backUp(target);
    const { final } = backupPaths(directory, BACKUP);
    const planted: Readonly<Record<string, (at: string, manifest: string) => void>> = {
      '20260201_000000': (_, manifest) => symlinkSync(secret, manifest),
      '20260202_000000': (_, manifest) => linkSync(secret, manifest),
      '20260203_000000': (_, manifest) => execFileSync('mkfifo', [manifest]),
      '20260204_000000': (_, manifest) => mkdirSync(manifest),
      '20260205_000000': (_, manifest) => execFileSync('truncate', ['-s', '1G', manifest]),
      '20260206_000000': (_, manifest) =>
        writeFileSync(manifest, `{"__proto__":{"id":"x"},"constructor":{"prototype":{}}}`),
      '20260207_000000': (_, manifest) => writeFileSync(manifest, '['.repeat(5_000_000)),
      '20260208_000000': (at, manifest) => {
        whole(at, manifest, ({ database }) => (database.stored.file = '../../secret'));
      },
      '20260209_000000': (at, manifest) => {
        whole(at, manifest, ({ database }) => {
          rmSync(join(at, database.stored.file));
          symlinkSync(secret, join(at, database.stored.file));
        });
      },
      '20260210_000000': (at, manifest) => {
        whole(at, manifest, ({ database }) => {
          rmSync(join(at, database.stored.file));
          execFileSync('mkfifo', [join(at, database.stored.file)]);
        });
      },
      '20260211_000000': (at) => {
        rmSync(at, { recursive: true });
        symlinkSync(final, at);
      },
    };
    for (const [id, plant] of Object.entries(planted)) {
      const at = join(directory, id);
      mkdirSync(at);
      plant(at, join(at, 'manifest.json'));
    }

    const { backups } = catalogueOf(target);
    const latest = await systemsOf(target).backups.find('latest');

    expect(latest).toMatchObject({ id: BACKUP });
    expect(backups.filter(({ state }) => state === 'verified').map(({ id }) => id)).toEqual([
      BACKUP,
    ]);
    expect(backups).toHaveLength(12);
    expect(JSON.stringify(backups)).not.toMatch(/precious|root:/);
    for (const { id, note } of backups) expect(`${id} ${note.length > 10}`).toBe(`${id} true`);

    function whole(at: string, manifest: string, change: (facts: Facts) => void): void {
      cpSync(final, at, { recursive: true });
      const facts = JSON.parse(readFileSync(manifest, 'utf8')) as Facts;
      Object.assign(facts, { id: at.split('/').at(-1) });
      change(facts);
      writeUnsigned(manifest, facts);
    }
  });
});

interface Facts {
  readonly database: { readonly stored: { file: string } };
}
